/**
 * Whether the n-th trouble in a row is told: the first, second, fourth, eighth. An hour of it shall not fill the log.
 *
 * @param count 1 for the first
 */
export function isWorthAWord(count: number): boolean {
  return Number.isInteger(Math.log2(count))
}
