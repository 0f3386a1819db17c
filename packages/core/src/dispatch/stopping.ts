/**
 * Tells sends under way that the engine gives up waiting for them. Not an AbortSignal, which looks through all its
 * listeners whenever one comes: with 500 sends at once that costs as much as writing a receipt.
 */
export class Stopping {
  readonly #calls = new Set<() => void>()
  #reason: DOMException | undefined

  /** Why, once it has happened. */
  get reason(): DOMException | undefined {
    return this.#reason
  }

  /** Calls `call` when it happens. Returns a function that takes it back. */
  on(call: () => void): () => void {
    this.#calls.add(call)
    return () => {
      this.#calls.delete(call)
    }
  }

  /** Gives up waiting, once. */
  begin(): void {
    this.#reason ??= new DOMException('The engine is stopping.', 'AbortError')
    for (const call of this.#calls) call()
    this.#calls.clear()
  }
}
