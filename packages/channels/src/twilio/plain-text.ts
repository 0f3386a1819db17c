/** A text with plain line breaks and without control characters, which phones show as boxes or not at all. */
export function plainText(text: string): string {
  return text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n').replaceAll(/[\0-\x09\x0b-\x1f\x7f-\x9f]/g, ' ')
}
