/** Messages at once: enough to take up all topics after a reconnect. */
const most = 200
const perSecond = 20

/** How many more messages a client may send now: a bucket that fills again with time. */
export class MessageAllowance {
  #left = most
  #filledAtMs: number

  constructor(nowMs: number) {
    this.#filledAtMs = nowMs
  }

  /** @returns false when it is used up */
  use(nowMs: number): boolean {
    // Nothing is taken away when the clock was set back.
    const passedMs = Math.max(0, nowMs - this.#filledAtMs)
    this.#left = Math.min(most, this.#left + (passedMs * perSecond) / 1_000)
    this.#filledAtMs = nowMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
