/** Who holds what within this process, so that nobody waits inside a transaction for one of the same process. */
export class Locks<Holder extends object> {
  readonly #holders = new Map<string, Holder>()
  readonly #held = new Map<Holder, Set<string>>()

  /** Takes a lock unless somebody else has it; repeating it changes nothing. @returns who has it, if somebody else does */
  take(key: string, holder: Holder): Holder | undefined {
    const other = this.#holders.get(key)
    if (other !== undefined) return other === holder ? undefined : other
    this.#holders.set(key, holder)
    const keys = this.#held.get(holder) ?? new Set()
    this.#held.set(holder, keys.add(key))
    return undefined
  }

  /** What a holder has. */
  heldBy(holder: Holder): ReadonlySet<string> {
    return this.#held.get(holder) ?? none
  }

  /** Gives one lock back. */
  release(key: string, holder: Holder): void {
    this.#holders.delete(key)
    this.#held.get(holder)?.delete(key)
  }

  /** Gives all back. */
  releaseAll(holder: Holder): void {
    for (const key of this.heldBy(holder)) this.#holders.delete(key)
    this.#held.delete(holder)
  }
}

const none: ReadonlySet<string> = new Set()
