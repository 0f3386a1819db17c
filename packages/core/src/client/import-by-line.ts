import type { Deadline } from './deadline.ts'
import type { Remote } from './poll.ts'
import type { Reader } from './readers.ts'
import type { RequestPath } from './request-path.ts'

/** A record of an import; one that does not know its line gets its number. */
type Numbered = { readonly line?: number }

/** What is sent, where to, and how its report is read. */
interface ImportCall<Item extends Numbered, Report> {
  readonly path: RequestPath
  readonly source: AsyncIterable<Item> | Iterable<Item>
  readonly read: Reader<Report>
}

/** Sends records while they come, a line each, in bounded memory. What the source throws is thrown on. */
export async function importByLine<Item extends Numbered, Report>(
  { transport }: Remote,
  { path, source, read }: ImportCall<Item, Report>,
): Promise<Report> {
  const items = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  let failure: { readonly error: unknown } | undefined
  const stream = (deadline: Deadline): ReadableStream<Uint8Array<ArrayBuffer>> =>
    linesOf(items, deadline, (error) => {
      failure = { error }
    })
  try {
    return await transport.call({ method: 'POST', path, stream, read })
  } catch (error) {
    throw failure === undefined ? error : failure.error
  } finally {
    // Not every `fetch` cancels a body the server did not want. Not awaited: a source may hang.
    void letGo(items)
  }
}

type Items = Iterator<Numbered> | AsyncIterator<Numbered>

async function letGo(items: Items): Promise<void> {
  try {
    await items.return?.()
  } catch {
    // It has failed before, or fails at its end; what was asked of it is over.
  }
}

/** Lines are gathered up to this size: a chunk each would be slow. */
const chunkCharacters = 16_384

function linesOf(
  items: Items,
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
        const lines = await gather(items, sent).catch((error: unknown) => {
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
async function gather(items: Items, sent: number) {
  let text = ''
  let count = 0
  while (text.length < chunkCharacters) {
    const next = await items.next()
    if (next.done === true) return { text, count, isLast: true }
    count += 1
    text += `${lineOf({ line: sent + count, ...next.value })}\n`
  }
  return { text, count, isLast: false }
}

function lineOf(record: Numbered & { readonly line: number }): string {
  try {
    return JSON.stringify(record)
  } catch {
    return JSON.stringify({ line: record.line, problem: 'the record cannot be written as JSON' })
  }
}
