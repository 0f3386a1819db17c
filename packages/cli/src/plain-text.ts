/**
 * Makes text that came from people or providers safe to print: a name must not move the cursor, set a colour or turn
 * the writing direction of the line it stands in.
 *
 * @returns one line; control characters are gone, line breaks and tabs became single spaces
 */
export function plainText(text: string): string {
  return text
    .replaceAll(/[\t\n\v\f\r\u2028\u2029]+/g, ' ')
    .replaceAll(unprintable, '')
    .trim()
}

/**
 * Makes several lines safe to print, such as the explanation of `why`.
 *
 * @returns the lines joined by line feeds, each as {@link plainText} gives it but with its indentation
 */
export function plainLines(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replaceAll('\t', '  ').replaceAll(unprintable, '').trimEnd())
    .join('\n')
}

/**
 * Writes a value as one line of JSON that is safe in a terminal: JSON itself leaves DEL, the C1 controls and the
 * direction marks as they are (RFC 8259 §7 escapes U+0000 to U+001F only).
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Controls (C0, DEL, C1), the direction overrides and isolates of Unicode, and the line separators. */
const unprintable = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g
