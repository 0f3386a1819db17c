/** Time, as the engine sees it. Tests inject a virtual one. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. May jump when the machine's clock is set. */
  now(): number
  /**
   * Calls `run` once after `delayMs` (0 or more). Returns a function that calls it off.
   * @param options `keepAlive: false` lets the process end while waiting
   */
  schedule(delayMs: number, run: () => void, options?: { readonly keepAlive?: boolean }): () => void
}
