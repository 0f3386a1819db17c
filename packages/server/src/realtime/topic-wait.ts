import type { LiveConnection } from './connections.ts'

/** One request that waits for something to happen in a topic. */
export class TopicWait implements LiveConnection {
  /** Resolves when there is something, or the wait is over. */
  readonly over: Promise<void>
  readonly #resolve: () => void

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.#resolve = resolve
  }

  end(): void {
    this.#resolve()
  }

  look(): void {
    // Its own time ends it.
  }

  revoke(): void {
    this.end()
  }

  bye(): void {
    this.end()
  }
}
