import { InviteMeError } from '@invite-me/core/channel'

/** Fields of a protocol unit, by the names of SMPP 3.4 §5. */
export type SmppFields = Readonly<Record<string, unknown>>

/** A protocol unit that came in; its fields stand beside these members. */
export interface SmppPdu {
  readonly command: string
  readonly command_status: number
  readonly sequence_number: number
  isResponse(): boolean
  /** Makes the response to it. */
  response(fields?: SmppFields): SmppPdu
}

/** What is used of a session of `smpp`. */
export interface SmppSession {
  on(event: 'connect' | 'secureConnect' | 'close', listen: () => void): unknown
  on(event: 'error', listen: (error: Error) => void): unknown
  on(event: 'pdu', listen: (pdu: SmppPdu) => void): unknown
  /** @returns false when nothing can be written any more */
  send(pdu: SmppPdu, answered?: (response: SmppPdu) => void): boolean
  bind_transceiver(fields: SmppFields, answered: (response: SmppPdu) => void): boolean
  submit_sm(fields: SmppFields, answered: (response: SmppPdu) => void): boolean
  enquire_link(answered: (response: SmppPdu) => void): boolean
  unbind(answered: (response: SmppPdu) => void): boolean
  /** Closes at once. */
  destroy(): void
}

/** What is used of `smpp`; the module has this shape. */
export interface SmppLibrary {
  connect(options: object): SmppSession
}

/**
 * Loads the library when it is needed first.
 * @throws InviteMeError `PEER_MISSING` when it is not installed
 */
export async function loadSmpp(): Promise<SmppLibrary> {
  try {
    const { default: library } = await import('smpp')
    return library as SmppLibrary
  } catch (cause) {
    throw new InviteMeError('PEER_MISSING', 'The SMPP channel needs smpp: run npm i smpp.', { cause })
  }
}
