/** Most characters of a line (RFC 2045 §6.7 (5)); the last one is kept for the soft line break. */
const maxLineLength = 76 - 1

/** A line break that is none once the text is decoded. */
export const softBreak = '=\r\n'

/**
 * Encodes text as quoted-printable (RFC 2045 §6.7): pure ASCII, no line above 76 characters, no line that ends in a space.
 * Every kind of line break becomes CRLF. Characters are never broken over two lines.
 *
 * Pieces of one text may be encoded apart and put together with {@link softBreak} between them.
 */
export function quotedPrintable(text: string): string {
  return text
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    .map((line) => wrap(line.replace(/[^\t\x20-\x3c\x3e-\x7e]|[\t ]$/gu, spell)))
    .join('\r\n')
}

function spell(character: string): string {
  let spelling = ''
  for (const octet of Buffer.from(character))
    spelling += `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
  return spelling
}

function wrap(line: string): string {
  let wrapped = ''
  let start = 0
  while (line.length - start > maxLineLength) {
    const end = lastBreak(line, start + maxLineLength)
    wrapped += line.slice(start, end) + softBreak
    start = end
  }
  return wrapped + line.slice(start)
}

/** The last place before `end` that is neither within an octet nor within a character. */
function lastBreak(line: string, end: number): number {
  let place = end
  if (line[place - 1] === '=') place -= 1
  else if (line[place - 2] === '=') place -= 2
  // Octets 80 to BF go on with a character of UTF-8 (RFC 3629 §3).
  while (line[place] === '=' && /[89AB]/.test(line[place + 1] ?? '')) place -= 3
  return place
}
