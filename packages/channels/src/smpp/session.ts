import { isIP } from 'node:net'
import type { SmppOptions } from './options.ts'
import { loadSmpp, type SmppFields, type SmppPdu, type SmppSession } from './smpp-library.ts'

/** What became of something that came in. `later` makes the operator bring it again, `refused` does not. */
export type TakenPdu = 'taken' | 'later' | 'refused'
/** Takes a `deliver_sm`. */
export type TakePdu = (pdu: SmppPdu) => Promise<TakenPdu>

/** What an operator answers to a message. */
export interface SubmitAnswer {
  readonly status: number
  readonly messageId: string
}

/** A session that is bound: messages may go both ways. */
export interface BoundSession {
  /** @returns `undefined` when nothing could be written; a promise of `undefined` when the link broke before the answer */
  submit(fields: SmppFields): Promise<SubmitAnswer | undefined> | undefined
  /** Asks for a sign of life. */
  isAlive(): Promise<boolean>
  /** Resolves when the connection is gone. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/** What came of opening one; `status` when the operator refused the login. */
export type OpenResult =
  | { readonly ok: true; readonly session: BoundSession }
  | { readonly ok: false; readonly status?: number }

/** Longest waits for a connection with its login, for a sign of life, and for a leave, in ms. */
const openMs = 10_000
const answerMs = 10_000
const leaveMs = 2_000
/** `command_status` of responses: a command we do not know, temporary and final error of the receiving application (SMPP 3.4 §5.1.3). */
const unknownCommand = 0x03
const temporaryError = 0x64
const finalError = 0x65
/** `interface_version` 3.4. */
const version = 0x34

/**
 * Connects and binds as a transceiver.
 *
 * @param take gets each `deliver_sm`; the operator is answered when it resolves
 * @throws InviteMeError `PEER_MISSING`
 */
export async function openSession(options: SmppOptions, take: TakePdu): Promise<OpenResult> {
  const library = options.smpp ?? (await loadSmpp())
  const { host, password, port, systemId, systemType, tls } = options
  const session = library.connect({
    host,
    port,
    // A number is no name a certificate could be asked for (RFC 6066 §3); it is still checked against the certificate.
    ...(tls !== false && {
      ...(isIP(host) === 0 && { servername: host }),
      ...(typeof tls === 'object' && tls),
      tls: true,
    }),
  })
  const ended = new Promise<void>((resolve) => {
    session.on('close', () => resolve())
  })
  // The library stops reading after an error, so there is nothing more to expect of the connection.
  session.on('error', () => session.destroy())
  session.on('pdu', (pdu) => answer(session, pdu, take))
  const bound = new Promise<number>((resolve) => {
    session.on(tls === false ? 'connect' : 'secureConnect', () => {
      const login = { system_id: systemId, password, system_type: systemType, interface_version: version }
      session.bind_transceiver(login, ({ command_status }) => resolve(command_status))
    })
  })
  const status = await Promise.race([bound, ended, after(openMs)])
  if (status === 0) return { ok: true, session: boundSession(session, ended, options) }
  session.destroy()
  return { ok: false, ...(typeof status === 'number' && { status }) }
}

function boundSession(
  session: SmppSession,
  ended: Promise<void>,
  { enquireLinkMs }: SmppOptions,
): BoundSession {
  const isAlive = async (): Promise<boolean> => {
    const answered = new Promise<true>((resolve) => {
      session.enquire_link(() => resolve(true))
    })
    return (await Promise.race([answered, ended, after(answerMs)])) === true
  }
  const signs = setInterval(() => {
    void isAlive().then((alive) => {
      if (!alive) session.destroy()
    })
  }, enquireLinkMs)
  signs.unref()
  void ended.then(() => clearInterval(signs))
  return {
    submit: (fields) => {
      let resolveAnswer = (_answer: SubmitAnswer): void => undefined
      const answered = new Promise<SubmitAnswer>((resolve) => {
        resolveAnswer = resolve
      })
      const isWritten = session.submit_sm(fields, (response) =>
        resolveAnswer({ status: response.command_status, messageId: textOf(response, 'message_id') }),
      )
      if (!isWritten) return undefined
      return Promise.race([answered, ended.then(() => undefined)])
    },
    isAlive,
    ended,
    close: async () => {
      const left = new Promise<void>((resolve) => {
        if (!session.unbind(() => resolve())) resolve()
      })
      await Promise.race([left, ended, after(leaveMs)])
      session.destroy()
      await ended
    },
  }
}

/** Answers what the operator asks: every request needs a response, but for those that have none. */
function answer(session: SmppSession, pdu: SmppPdu, take: TakePdu): void {
  if (pdu.isResponse()) return
  switch (pdu.command) {
    case 'deliver_sm':
      void takeAndAnswer(session, pdu, take)
      return
    case 'enquire_link':
    case 'unknown':
      session.send(pdu.response())
      return
    case 'data_sm':
      session.send(pdu.response({ command_status: unknownCommand }))
      return
    case 'unbind':
      session.send(pdu.response())
      session.destroy()
      return
    default:
  }
}

async function takeAndAnswer(session: SmppSession, pdu: SmppPdu, take: TakePdu): Promise<void> {
  const taken = await take(pdu).catch(() => 'later' as const)
  const status = { taken: 0, later: temporaryError, refused: finalError }[taken]
  session.send(pdu.response({ command_status: status }))
}

/** A field of a unit that is text; empty when it is absent. */
export function textOf(pdu: SmppPdu, name: string): string {
  const value: unknown = Reflect.get(pdu, name)
  return typeof value === 'string' ? value : ''
}

/** A field of a unit that is a number; 0 when it is absent. */
export function numberOf(pdu: SmppPdu, name: string): number {
  const value: unknown = Reflect.get(pdu, name)
  return typeof value === 'number' ? value : 0
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref()
  })
}
