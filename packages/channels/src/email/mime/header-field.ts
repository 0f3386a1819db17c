import { oneLine } from '../../shared/one-line.ts'

/** A person or a thing with an address, as it stands in a header. */
export interface Mailbox {
  /** Empty for a bare address. */
  readonly name: string
  /** Checked before: it is written as it is. */
  readonly address: string
}

/** Most characters of a line; RFC 2047 §2 allows no more where there is an encoded word. */
const maxLineLength = 76
/** Octets of one encoded word, so that `Reply-To: =?UTF-8?B?…?=` fits into a line. */
const wordOctets = 39

/**
 * Writes a header field of free text, such as `Subject`: folded, and in encoded words (RFC 2047) when it is not plain ASCII.
 * Control characters, and with them line breaks, become spaces, so that no text can begin a field of its own.
 *
 * @returns ends with CRLF
 */
export function textField(name: string, text: string): string {
  const line = oneLine(text.toWellFormed())
  const value = isPlain(line) ? line : encodedWords(line)
  return `${fold(`${name}: ${value}`)}\r\n`
}

/**
 * Writes a header field with one address. The name is quoted or encoded, so that nothing in it can be read as an address.
 *
 * @returns ends with CRLF
 */
export function mailboxField(name: string, mailbox: Mailbox): string {
  const displayName = oneLine(mailbox.name.toWellFormed())
  const value = displayName === '' ? mailbox.address : `${phrase(displayName)} <${mailbox.address}>`
  return `${fold(`${name}: ${value}`)}\r\n`
}

/** A display name: bare words, a quoted string, or encoded words (RFC 5322 §3.2.5). */
function phrase(text: string): string {
  if (/^[A-Za-z0-9 ]+$/.test(text)) return text
  return isPlain(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : encodedWords(text)
}

/** What looks like an encoded word would be decoded by readers, so it is encoded itself. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !text.includes('=?')
}

/** Each word holds whole characters (RFC 2047 §5); the spaces between words are none once they are decoded. */
function encodedWords(text: string): string {
  const words: string[] = []
  let word = ''
  let octets = 0
  for (const character of text) {
    const size = Buffer.byteLength(character)
    if (octets + size > wordOctets) {
      words.push(word)
      word = ''
      octets = 0
    }
    word += character
    octets += size
  }
  return [...words, word].map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join(' ')
}

/** Breaks a line before spaces; what has none stays whole, as it must. The first line keeps a part of the value. */
function fold(field: string): string {
  if (field.length <= maxLineLength) return field
  const lines: string[] = []
  let line = ''
  for (const part of field.split(/(?=(?<=\S) +\S)/)) {
    if (line.length + part.length > maxLineLength && /\s\S/.test(line)) {
      lines.push(line)
      line = ''
    }
    line += part
  }
  return [...lines, line].join('\r\n')
}
