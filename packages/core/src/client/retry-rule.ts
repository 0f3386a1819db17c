/** How one try of a request ended that brought no answer to use. */
export type Trouble =
  /** No answer came, or what came cannot be an answer of this server. */
  | { readonly kind: 'unreachable' }
  /** The server refused for now. */
  | { readonly kind: 'refused'; readonly status: number; readonly retryAfterMs: number | undefined }

/** How far a request has come, and what it may do. */
export interface RetryState {
  /** True when doing it twice does no more than doing it once. */
  readonly isRepeatable: boolean
  /** Tries made, at least 1. */
  readonly tries: number
  readonly retries: number
  /** Since the first try that failed. */
  readonly troubledForMs: number
  /** How long trouble is sat out, whatever `retries` says; 0 for a call that waits for nothing. */
  readonly patienceMs: number
  /** A number in [0, 1): spreads those who come back together. */
  readonly fraction: number
}

const firstPauseMs = 250
const longestPauseMs = 10_000
/** Longest pause believed when a server names one; a longer one is the caller's to sit out. */
const longestNamedMs = 60_000

/**
 * Decides whether a request is tried again. A server that counts calls (429) has done nothing yet, so any request may be tried again;
 * 502, 503 and 504 and a lost connection leave open whether it was done, so only what does no harm twice.
 *
 * @returns the pause in milliseconds, `undefined` to give up
 * @see RFC 9110 §15.6, RFC 6585 §4
 */
export function pauseBeforeRetry(trouble: Trouble, state: RetryState): number | undefined {
  const { tries, retries, troubledForMs, patienceMs, isRepeatable, fraction } = state
  if (tries > retries && troubledForMs >= patienceMs) return undefined
  const backoffMs = Math.min(firstPauseMs * 2 ** Math.min(tries - 1, 20), longestPauseMs)
  const pauseMs = Math.ceil(backoffMs * (0.5 + fraction / 2))
  if (trouble.kind === 'unreachable') return isRepeatable ? pauseMs : undefined
  const isForNow = trouble.status === 429 || (isRepeatable && [502, 503, 504].includes(trouble.status))
  if (!isForNow || (trouble.retryAfterMs ?? 0) > longestNamedMs) return undefined
  return Math.max(trouble.retryAfterMs ?? 0, pauseMs)
}

/** Reads `Retry-After`: seconds, or a date (RFC 9110 §10.2.3). @returns milliseconds; `undefined` when it says nothing */
export function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? undefined : Math.max(atMs - nowMs, 0)
}
