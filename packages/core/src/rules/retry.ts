/** How often and how long one route is tried. */
export interface RetryPolicy {
  /** Wait before the second try in ms; doubles with each try. */
  readonly firstMs: number
  readonly factor: number
  /** Longest wait between two tries in ms. */
  readonly mostMs: number
  /** Tries on one route before the next route is taken. */
  readonly tries: number
  /** Longest time on one route in ms, counted from its first try. */
  readonly withinMs: number
}

/**
 * Exponential backoff with full jitter: a random moment up to the doubled wait, so that many failures do not come back as a wave.
 *
 * @param tries tries made so far, at least 1
 * @param fraction random number in [0, 1)
 * @param atLeastMs what the provider asked for; never undercut
 * @returns milliseconds to wait, at least 1
 */
export function backoffMs(policy: RetryPolicy, tries: number, fraction: number, atLeastMs = 0): number {
  const ceiling = Math.min(policy.mostMs, policy.firstMs * policy.factor ** (tries - 1))
  return Math.max(1, atLeastMs, Math.ceil(ceiling * fraction))
}

/** True when the route may be tried once more. */
export function mayRetry(policy: RetryPolicy, tries: number, routeSinceMs: number, nowMs: number): boolean {
  return tries < policy.tries && nowMs - routeSinceMs < policy.withinMs
}
