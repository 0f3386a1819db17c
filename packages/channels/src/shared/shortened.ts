/**
 * Cuts a text to what a medium takes, with `…` where it was cut; no character is torn.
 *
 * @param longest most UTF-16 units, which is what media count in; 1 or more
 */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text
  // Half a character at the cut would make the text invalid.
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
