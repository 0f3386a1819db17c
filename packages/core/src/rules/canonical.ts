/**
 * Writes a value as JSON with the members of every object in order of name, so that equal requests give equal text.
 * Members that are `undefined` are left out; dates become ISO text.
 */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
