/** Longest pause believed when a server names one. */
const longestPauseMs = 86_400_000

/**
 * Reads Retry-After: seconds or a date (RFC 9110 §10.2.3), at most a day.
 * @returns milliseconds from `nowMs`; `undefined` when the header is absent or makes no sense
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(Math.ceil(ms), 0), longestPauseMs)
}
