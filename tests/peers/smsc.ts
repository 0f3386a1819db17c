import type { ProviderTrouble, ScriptedProvider } from '@invite-me/core/testing'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import library from 'smpp'
import { z } from 'zod'
import { waitUntil } from './wait-until.ts'

/** A protocol unit (SMPP 3.4 §3); its fields stand beside these members. */
interface SmppUnit extends Record<string, unknown> {
  readonly command: string
  readonly command_status: number
  sequence_number: number
  isResponse(): boolean
  response(fields?: object): SmppUnit
  toBuffer(): Uint8Array
}

const smpp = library as {
  readonly PDU: new (commandOrBytes: string | Uint8Array, fields?: object) => SmppUnit
  readonly encodings: { readonly ASCII: { decode(bytes: Uint8Array): string } }
}

/** A `submit_sm` as it came in; bytes and numbers as they stand in it. */
export interface SubmittedPart {
  readonly source: string
  readonly destination: string
  readonly esmClass: number
  readonly dataCoding: number
  readonly registeredDelivery: number
  readonly validityPeriod: unknown
  /** Header and text. */
  readonly bytes: Buffer
  /** Whole text, when it came in `message_payload`. */
  readonly payload: string | undefined
  readonly messageId: string
}

/** What is to be brought to the client. */
export interface BroughtSms {
  readonly from: string
  /** Bytes go as they are. */
  readonly text: string | Uint8Array
  readonly fromTon?: number
  readonly esmClass?: number
  /** 0 GSM-7 (default), 8 UCS-2. */
  readonly dataCoding?: number
  /** Header bytes: `[5, 0, 3, reference, count, place]`. */
  readonly header?: readonly number[]
  /** Further fields: `{ receipted_message_id: '…', message_state: 2 }`. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** An operator's message centre on loopback that speaks SMPP 3.4 (npm smpp) and does as it is told. */
export interface Smsc extends ScriptedProvider {
  readonly port: number
  /** Everything it took, in order. */
  readonly parts: readonly SubmittedPart[]
  /** Clients bound at present. */
  readonly bound: () => number
  /** Binds taken so far. */
  readonly binds: () => number
  /** `enquire_link`s so far. */
  readonly signsOfLife: () => number
  /** The next `submit_sm`s get these states, one each; then 0 again. */
  refuseNext(...statuses: readonly number[]): void
  /** Brings something to the first client. @returns its answer, a `command_status` */
  bring(sms: BroughtSms): Promise<number>
  /** Reports how a message ended. */
  report(messageId: string, state: string, error?: string): Promise<number>
  /** Sends every client a request of this command, or any bytes. */
  say(commandOrBytes: string | Uint8Array): void
  /** Breaks every connection. */
  hangUp(): void
  waitFor(parts: number): Promise<void>
  close(): Promise<void>
}

/** The account it lets in. */
export const smscAccount = { systemId: 'dinner', password: 'pl4nted!' } as const

const statuses: Readonly<Partial<Record<ProviderTrouble, number>>> = {
  too_many: 0x58,
  unwell: 0x08,
  no_such_address: 0x0b,
  said_stop: 0x0411,
  bad_text: 0x66,
}

/**
 * Starts the message centre.
 *
 * @param port default a free one
 */
export async function startSmsc(port = 0): Promise<Smsc> {
  const parts: SubmittedPart[] = []
  const clients = new Set<Client>()
  let refusals: number[] = []
  let mood: 'well' | ProviderTrouble = 'well'
  let signs = 0
  let binds = 0

  const meet = (client: Client, pdu: SmppUnit, raw: Buffer): void => {
    switch (pdu.command) {
      case 'bind_transceiver': {
        const isKnown = pdu['system_id'] === smscAccount.systemId && pdu['password'] === smscAccount.password
        const isLetIn = isKnown && mood !== 'not_allowed'
        if (isLetIn) {
          clients.add(client)
          binds += 1
        }
        client.send(pdu.response({ command_status: isLetIn ? 0 : 0x0e, system_id: 'smsc' }))
        return
      }
      case 'submit_sm': {
        if (mood === 'cut_after') client.destroy()
        if (mood === 'cut_after' || mood === 'silent') return
        const command_status = refusals.shift() ?? (mood === 'well' ? 0 : (statuses[mood] ?? 0x08))
        const message_id = `m${String(parts.length + 1)}`
        if (command_status === 0) parts.push(readPart(pdu, raw, message_id))
        client.send(pdu.response({ command_status, message_id }))
        return
      }
      case 'enquire_link':
        signs += 1
        client.send(pdu.response())
        return
      default:
        client.send(pdu.response())
        if (pdu.command === 'unbind') client.destroy()
    }
  }
  const server = createServer((socket) => {
    const client = clientOn(socket, (pdu, raw) => meet(client, pdu, raw))
    socket.once('close', () => clients.delete(client))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const at = (server.address() as AddressInfo).port
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const bring = async ({
    dataCoding = 0,
    esmClass = 0,
    fields,
    from,
    fromTon = 1,
    header,
    text,
  }: BroughtSms) => {
    await waitUntil('somebody is bound', () => clients.size > 0, 5_000)
    const [client] = clients
    const answered = client?.ask(
      new smpp.PDU('deliver_sm', {
        source_addr: from,
        source_addr_ton: fromTon,
        source_addr_npi: 1,
        destination_addr: '4915100000000',
        esm_class: esmClass,
        data_coding: dataCoding,
        short_message: header === undefined ? text : { udh: Buffer.from(header), message: text },
        ...fields,
      }),
    )
    return (await answered)?.command_status ?? -1
  }
  return {
    port: at,
    parts,
    bound: () => clients.size,
    binds: () => binds,
    signsOfLife: () => signs,
    answer: (next) => {
      mood = next
      if (mood === 'not_allowed') hangUp()
      if (mood === 'cut_before') {
        server.close()
        hangUp()
      } else if (!server.listening) server.listen(at, '127.0.0.1')
    },
    received: () => wholeTexts(parts),
    refuseNext: (...next) => {
      refusals = [...next]
    },
    bring,
    report: (messageId, state, error = '000') =>
      bring({
        from: '4915123456789',
        esmClass: 0x04,
        text: `id:${messageId} sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:${state} err:${error} text:Dinner on Friday`,
      }),
    say: (commandOrBytes) => {
      for (const client of clients) client.say(commandOrBytes)
    },
    hangUp,
    waitFor: (count) => waitUntil(`${String(count)} parts`, () => parts.length >= count, 10_000),
    close: async () => {
      hangUp()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Client {
  send(pdu: SmppUnit): void
  /** Sends a request. @returns its response; `undefined` when the connection breaks before */
  ask(pdu: SmppUnit): Promise<SmppUnit | undefined>
  /** Sends something that nothing needs to answer. */
  say(commandOrBytes: string | Uint8Array): void
  destroy(): void
}

/** Cuts what comes in into units, so that their bytes can be looked at; npm smpp reads and writes them. */
function clientOn(socket: Socket, meet: (pdu: SmppUnit, raw: Buffer) => void): Client {
  const asked = new Map<number, (response: SmppUnit | undefined) => void>()
  let held = Buffer.alloc(0)
  let sequence = 0
  socket.on('error', () => socket.destroy())
  socket.once('close', () => {
    for (const answer of asked.values()) answer(undefined)
  })
  socket.on('data', (data) => {
    held = Buffer.concat([held, data])
    while (held.length >= 4 && held.length >= held.readUInt32BE(0)) {
      const raw = held.subarray(0, held.readUInt32BE(0))
      held = held.subarray(raw.length)
      const pdu = new smpp.PDU(raw)
      if (pdu.isResponse()) asked.get(pdu.sequence_number)?.(pdu)
      else meet(pdu, raw)
    }
  })
  const send = (pdu: SmppUnit): void => {
    if (socket.writable) socket.write(pdu.toBuffer())
  }
  return {
    send,
    ask: (pdu) => {
      sequence += 1
      pdu.sequence_number = sequence
      const answered = new Promise<SmppUnit | undefined>((resolve) => asked.set(sequence, resolve))
      send(pdu)
      return answered
    },
    say: (commandOrBytes) => {
      const isCommand = typeof commandOrBytes === 'string'
      socket.write(isCommand ? new smpp.PDU(commandOrBytes).toBuffer() : commandOrBytes)
    },
    destroy: () => void socket.destroy(),
  }
}

function readPart(pdu: SmppUnit, raw: Buffer, messageId: string): SubmittedPart {
  const payload = z
    .object({ message: z.union([z.string(), z.instanceof(Buffer)]) })
    .safeParse(pdu['message_payload'])
  return {
    source: String(pdu['source_addr']),
    destination: String(pdu['destination_addr']),
    esmClass: Number(pdu['esm_class']),
    dataCoding: Number(pdu['data_coding']),
    registeredDelivery: Number(pdu['registered_delivery']),
    validityPeriod: pdu['validity_period'],
    bytes: shortMessageIn(raw),
    payload: payload.success ? String(payload.data.message) : undefined,
    messageId,
  }
}

/** Bytes of `short_message` (SMPP 3.4 §4.4.1): behind the head, three texts with numbers between them, two times and five numbers. */
function shortMessageIn(raw: Buffer): Buffer {
  let at = 16
  const skipText = (): void => {
    at = raw.indexOf(0, at) + 1
  }
  skipText()
  at += 2
  skipText()
  at += 2
  skipText()
  at += 3
  skipText()
  skipText()
  at += 4
  return raw.subarray(at + 1, at + 1 + (raw[at] ?? 0))
}

/** What phones show: the parts of each text put together. */
function wholeTexts(parts: readonly SubmittedPart[]): readonly string[] {
  const texts = new Map<string, string>()
  for (const [index, { bytes, dataCoding, destination, esmClass, payload, source }] of parts.entries()) {
    const header = (esmClass & 0x40) === 0 ? 0 : (bytes[0] ?? 0) + 1
    const reference = header === 0 ? `alone ${String(index)}` : `part of ${String(bytes[3])}`
    const text = payload ?? decodeText(bytes.subarray(header), dataCoding)
    const key = `${source} ${destination} ${reference}`
    texts.set(key, (texts.get(key) ?? '') + text)
  }
  return [...texts.values()]
}

function decodeText(bytes: Buffer, dataCoding: number): string {
  return dataCoding === 8
    ? Buffer.from(bytes).swap16().toString('utf16le')
    : smpp.encodings.ASCII.decode(bytes)
}
