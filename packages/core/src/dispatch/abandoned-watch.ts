/** Longest pause between two looks for the work of dead workers, in ms. */
const longestPauseMs = 5_000

/**
 * Says when to look for work whose worker died: at a third of the lease, so that it goes on soon after the lease ran out.
 *
 * A lease also runs out while the store is away, or this machine sleeps: then nobody living could prolong theirs or write down
 * what they sent. After such a gap the living have half a lease to do so first, which is more than the third after which they
 * give their signs of life; what they sent would be sent again otherwise. A machine that is late at every look gives it once
 * between two looks, or the work of the dead would wait for ever.
 */
export class AbandonedWatch {
  readonly #leaseMs: number
  #lookedAtMs = -Infinity
  /** When the store answered last. */
  #heardAtMs: number | undefined
  /** When it was meant to be asked next, at the latest. */
  #nextAtMs = Infinity
  #hasFailed = false
  #graceFromMs = -Infinity
  #hasLookedSinceGrace = true

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs
  }

  /** The store answered. */
  hear(nowMs: number): void {
    const gapMs = this.#heardAtMs === undefined ? 0 : nowMs - this.#heardAtMs
    const wasAway = this.#hasFailed && gapMs >= this.#leaseMs / 3
    const stoodStill = nowMs - this.#nextAtMs >= this.#leaseMs && this.#hasLookedSinceGrace
    if (wasAway || stoodStill) {
      this.#graceFromMs = nowMs
      this.#hasLookedSinceGrace = false
    }
    this.#heardAtMs = nowMs
    this.#nextAtMs = Infinity
    this.#hasFailed = false
  }

  /** The store did not answer. */
  fail(): void {
    this.#hasFailed = true
  }

  /** It is asked again by then. */
  expectBy(atMs: number): void {
    this.#nextAtMs = atMs
  }

  /** Whether to look now. */
  isDue(nowMs: number): boolean {
    if (this.#graceEndsAt(nowMs) > nowMs) return false
    const pauseMs = Math.min(this.#leaseMs / 3, longestPauseMs)
    // The clock may have been set back.
    return nowMs - this.#lookedAtMs >= pauseMs || nowMs < this.#lookedAtMs
  }

  /** It was looked for; where something was found, there may be more. */
  looked(nowMs: number, found: number): void {
    this.#hasLookedSinceGrace = true
    if (found === 0) this.#lookedAtMs = nowMs
  }

  /** When the grace ends that is being given; `Infinity` when none is. */
  graceEndsAt(nowMs: number): number {
    const endsAtMs = this.#graceEndsAt(nowMs)
    return endsAtMs > nowMs ? endsAtMs : Infinity
  }

  #graceEndsAt(nowMs: number): number {
    // Begun in the future by a clock that was set back since, it would last that much longer.
    if (nowMs < this.#graceFromMs) this.#graceFromMs = -Infinity
    return this.#graceFromMs + this.#leaseMs / 2
  }
}
