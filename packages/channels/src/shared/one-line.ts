/**
 * Makes what a person wrote one line of visible text: control characters, line breaks and the marks that turn writing
 * around become spaces.
 */
export function oneLine(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()
}
