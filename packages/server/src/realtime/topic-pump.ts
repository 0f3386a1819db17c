import type { SocketOutbox } from './socket-outbox.ts'
import type { TopicSubscription } from './topic-subscription.ts'

/** Carries events from a socket's topics to the socket, as fast as the client reads and no faster; topics take turns. */
export class TopicPump {
  readonly #outbox: SocketOutbox
  readonly #failed: (error: unknown) => void
  readonly #followed = new Map<string, TopicSubscription>()
  /** Those that may have something, longest waiting first. */
  readonly #ready = new Set<string>()
  #isRunning = false

  /** @param failed called when the store could not be read; it is tried again when something happens or is read */
  constructor(outbox: SocketOutbox, failed: (error: unknown) => void) {
    this.#outbox = outbox
    this.#failed = failed
  }

  get size(): number {
    return this.#followed.size
  }

  has(topic: string): boolean {
    return this.#followed.has(topic)
  }

  topics(): readonly string[] {
    return [...this.#followed.keys()]
  }

  add(subscription: TopicSubscription): void {
    this.#followed.set(subscription.topic, subscription)
    this.wake(subscription.topic)
  }

  /** @returns false when it is not followed */
  remove(topic: string): boolean {
    this.#ready.delete(topic)
    this.#followed.get(topic)?.close()
    return this.#followed.delete(topic)
  }

  close(): void {
    for (const topic of this.topics()) this.remove(topic)
  }

  /** Something happened in a topic. */
  wake(topic: string): void {
    if (!this.#followed.has(topic)) return
    this.#ready.add(topic)
    this.run()
  }

  /** Goes on where it stopped for want of room, or because the store failed. */
  run(): void {
    if (this.#isRunning || this.#ready.size === 0 || this.#outbox.room === 0) return
    this.#isRunning = true
    this.#carry().catch(this.#failed)
  }

  async #carry(): Promise<void> {
    try {
      for (const topic of this.#ready) {
        if (this.#outbox.room === 0) return
        await this.#carryPortion(topic)
      }
    } finally {
      this.#isRunning = false
    }
  }

  async #carryPortion(topic: string): Promise<void> {
    const subscription = this.#followed.get(topic)
    if (subscription === undefined) return
    const portion = subscription.take(this.#outbox.room)
    for (const { message } of portion instanceof Promise ? await portion : portion)
      if (this.#followed.get(topic) === subscription) this.#outbox.send(message)
    this.#ready.delete(topic)
    if (subscription.hasMore && this.#followed.has(topic)) this.#ready.add(topic)
  }
}
