import type { Deadline } from './deadline.ts'
import type { Remote } from './poll.ts'
import { page, type Reader } from './readers.ts'
import { objectOf } from './request-body.ts'
import { pageQuery, path } from './request-path.ts'
import { connectAddress, importReport, recipient, recipientExport } from './shapes.ts'
import type { ImportRecord, Recipients } from '../face/face.ts'
import type { RecipientInput } from '../model/recipient.ts'

const recipients = page(recipient)

/** People the server knows. */
export function remoteRecipients(remote: Remote): Recipients {
  const { transport, settings } = remote
  const suppress = (where: string, channel: string, address: string): Promise<void> =>
    transport.call({ method: 'POST', path: where, body: { channel, address }, isRepeatable: true })
  const load: Recipients['import'] = (source) => importRecipients(remote, source)
  return {
    upsert: async (person) => {
      const { externalId, ...rest } = objectOf(person, { what: 'The recipient', field: '' })
      return transport.call({
        method: 'PUT',
        path: path`/v1/recipients/${{ externalId }}`,
        body: rest,
        isRepeatable: true,
        read: recipient,
      })
    },
    get: (externalId) =>
      transport.call({
        method: 'GET',
        path: path`/v1/recipients/${{ externalId }}`,
        read: recipient as Reader<ReturnType<typeof recipient> | undefined>,
        absent: { code: 'RECIPIENT_UNKNOWN', value: undefined },
      }),
    list: async (given) => {
      const call = {
        method: 'GET',
        path: '/v1/recipients',
        query: pageQuery(given),
        read: recipients,
      } as const
      return (await transport.call(call)).items
    },
    import: load,
    importFrom: (directory, { signal = new AbortController().signal } = {}) =>
      load(recordsOf(directory.people({ signal, log: settings.log }))),
    optOut: (channel, address) => suppress('/v1/suppressions', channel, address),
    optIn: (channel, address) => suppress('/v1/suppressions/remove', channel, address),
    connectAddress: (externalId, channel, { expiresIn } = {}) =>
      transport.call({
        method: 'POST',
        path: path`/v1/recipients/${{ externalId }}/connect`,
        body: { channel, expiresIn },
        read: connectAddress,
      }),
    export: (externalId) =>
      transport.call({
        method: 'GET',
        path: path`/v1/recipients/${{ externalId }}/export`,
        read: recipientExport as Reader<ReturnType<typeof recipientExport> | undefined>,
        absent: { code: 'RECIPIENT_UNKNOWN', value: undefined },
      }),
    erase: (externalId) =>
      transport.call({
        method: 'DELETE',
        path: path`/v1/recipients/${{ externalId }}`,
        read: () => true,
        absent: { code: 'RECIPIENT_UNKNOWN', value: false },
      }),
  }
}

async function* recordsOf(people: AsyncIterable<RecipientInput>): AsyncGenerator<ImportRecord> {
  for await (const person of people) yield { recipient: person }
}

/** Sends people while they come, a line each, in bounded memory. What the source throws is thrown on. */
async function importRecipients(
  { transport }: Remote,
  source: AsyncIterable<ImportRecord> | Iterable<ImportRecord>,
): ReturnType<Recipients['import']> {
  const people = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  let failure: { readonly error: unknown } | undefined
  const stream = (deadline: Deadline): ReadableStream<Uint8Array<ArrayBuffer>> =>
    linesOf(people, deadline, (error) => {
      failure = { error }
    })
  try {
    return await transport.call({ method: 'POST', path: '/v1/recipients/import', stream, read: importReport })
  } catch (error) {
    throw failure === undefined ? error : failure.error
  } finally {
    // Not every `fetch` cancels a body the server did not want. Not awaited: a source may hang.
    void letGo(people)
  }
}

type People = Iterator<ImportRecord> | AsyncIterator<ImportRecord>

async function letGo(people: People): Promise<void> {
  try {
    await people.return?.()
  } catch {
    // It has failed before, or fails at its end; what was asked of it is over.
  }
}

/** Lines are gathered up to this size: a chunk each would be slow. */
const chunkCharacters = 16_384

function linesOf(
  people: People,
  deadline: Deadline,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  let sent = 0
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        // However long the source takes: the server is not to blame for it.
        deadline.hold()
        const lines = await gather(people, sent).catch((error: unknown) => {
          onFailure(error)
          controller.error(error)
        })
        deadline.run()
        if (lines === undefined) return
        sent += lines.count
        if (lines.text !== '') controller.enqueue(encoder.encode(lines.text))
        if (lines.isLast) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

/** @param sent records before these; a record that does not know its line has its number */
async function gather(people: People, sent: number) {
  let text = ''
  let count = 0
  while (text.length < chunkCharacters) {
    const next = await people.next()
    if (next.done === true) return { text, count, isLast: true }
    count += 1
    text += `${lineOf({ line: sent + count, ...next.value })}\n`
  }
  return { text, count, isLast: false }
}

function lineOf(record: ImportRecord & { readonly line: number }): string {
  try {
    return JSON.stringify(record)
  } catch {
    return JSON.stringify({ line: record.line, problem: 'the record cannot be written as JSON' })
  }
}
