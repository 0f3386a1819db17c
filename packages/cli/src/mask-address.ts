/**
 * Shortens an address so that whoever owns it knows it and nobody else learns it: `a…@guests.test`, `…0100`.
 *
 * @returns a mail address without all but the first letter of its name; of anything else the last letters, at most four and
 *   at most half of it
 */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  if (at > 0) return `${address.slice(0, 1)}…${address.slice(at)}`
  const letters = Array.from(address)
  const shown = Math.min(4, Math.floor(letters.length / 2))
  return `…${letters.slice(letters.length - shown).join('')}`
}
