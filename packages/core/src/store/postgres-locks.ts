/** Who holds what within this process, so that nobody waits inside a transaction for one of the same process. */
export class Locks<Holder extends object> {
  /** Who has a lock to themselves. */
  readonly #owners = new Map<string, Holder>()
  /** Who share one; never empty. */
  readonly #sharers = new Map<string, Set<Holder>>()
  readonly #held = new Map<Holder, Set<string>>()

  /**
   * Takes a lock for oneself unless somebody else has it or shares it; repeating it changes nothing.
   * @returns who has it, if somebody else does
   */
  take(key: string, holder: Holder): Holder | undefined {
    const other = this.#owners.get(key) ?? this.#sharerBeside(key, holder)
    if (other !== undefined) return other === holder ? undefined : other
    this.#owners.set(key, holder)
    this.#note(key, holder)
    return undefined
  }

  /** Takes a lock that others may share. @returns who has it for themselves, if somebody else does */
  share(key: string, holder: Holder): Holder | undefined {
    const owner = this.#owners.get(key)
    if (owner !== undefined) return owner === holder ? undefined : owner
    const sharers = this.#sharers.get(key)
    if (sharers === undefined) this.#sharers.set(key, new Set([holder]))
    else sharers.add(holder)
    this.#note(key, holder)
    return undefined
  }

  /** What a holder has. */
  heldBy(holder: Holder): ReadonlySet<string> {
    return this.#held.get(holder) ?? none
  }

  /** Gives one lock back. */
  release(key: string, holder: Holder): void {
    if (this.#owners.get(key) === holder) this.#owners.delete(key)
    const sharers = this.#sharers.get(key)
    if (sharers?.delete(holder) === true && sharers.size === 0) this.#sharers.delete(key)
    this.#held.get(holder)?.delete(key)
  }

  /** Gives all back. */
  releaseAll(holder: Holder): void {
    for (const key of this.heldBy(holder)) this.release(key, holder)
    this.#held.delete(holder)
  }

  #sharerBeside(key: string, holder: Holder): Holder | undefined {
    for (const sharer of this.#sharers.get(key) ?? []) if (sharer !== holder) return sharer
    return undefined
  }

  #note(key: string, holder: Holder): void {
    const keys = this.#held.get(holder)
    if (keys === undefined) this.#held.set(holder, new Set([key]))
    else keys.add(key)
  }
}

const none: ReadonlySet<string> = new Set()
