import { InviteMeError } from '@invite-me/core/channel'

/** A physical line of a text file. */
export interface TextLine {
  /** From 1. */
  readonly number: number
  /** Without its line break; cut to {@link longestLine} when `isTooLong`. */
  readonly text: string
  readonly isTooLong: boolean
}

/** Most characters of a line that are kept in memory; a list of people has far shorter ones. */
export const longestLine = 1_048_576

/**
 * Cuts bytes into lines at LF, CR LF or CR, in bounded memory. A byte order mark chooses UTF-8 or UTF-16 and is removed.
 *
 * @param encoding used when there is no byte order mark; bytes that do not fit it become U+FFFD
 * @throws InviteMeError `REQUEST_INVALID` when the encoding is unknown
 */
export async function* textLines(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  encoding = 'utf-8',
): AsyncGenerator<TextLine> {
  let number = 1
  let text = ''
  let isTooLong = false
  let endedWithReturn = false
  const append = (part: string): void => {
    if (text.length + part.length > longestLine) isTooLong = true
    if (!isTooLong || text.length < longestLine) text = (text + part).slice(0, longestLine)
  }
  for await (const chunk of decoded(source, encoding)) {
    // The LF of a CR LF that was cut apart by the chunks.
    const part = endedWithReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk
    if (chunk !== '') endedWithReturn = chunk.endsWith('\r')
    const pieces = part.split(/\r\n|\n|\r/)
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) {
        yield { number, text, isTooLong }
        number += 1
        text = ''
        isTooLong = false
      }
      append(piece)
    }
  }
  if (text !== '') yield { number, text, isTooLong }
}

async function* decoded(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<string> {
  let head: Uint8Array | undefined = new Uint8Array()
  let decoder = createDecoder(encoding)
  for await (const chunk of source) {
    let bytes = chunk
    if (head !== undefined) {
      bytes = Buffer.concat([head, chunk])
      head = bytes
      if (bytes.length < 3) continue
      decoder = createDecoder(markedEncoding(bytes) ?? encoding)
      head = undefined
    }
    yield decoder.decode(bytes, { stream: true })
  }
  yield head === undefined ? decoder.decode() : createDecoder(markedEncoding(head) ?? encoding).decode(head)
}

/** Byte order marks (Unicode 16 §23.8). The decoder removes the mark itself. */
function markedEncoding(bytes: Uint8Array): string | undefined {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return undefined
}

function createDecoder(encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding)
  } catch (cause) {
    throw new InviteMeError(
      'REQUEST_INVALID',
      `There is no encoding "${encoding}"; common ones are utf-8, windows-1252, windows-1251, utf-16le.`,
      { field: 'encoding', cause },
    )
  }
}
