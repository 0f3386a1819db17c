/**
 * Makes what a person wrote one line of visible text: control characters, line breaks and the marks that turn writing
 * around become spaces.
 */
export function oneLine(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()
}

/** A label on one line; `…` when nothing visible is left of it, because media refuse an empty button or option. */
export function visibleLabel(label: string): string {
  return oneLine(label) || '…'
}
