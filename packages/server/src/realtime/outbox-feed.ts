import type { Clock, DomainEvent, Log } from '@invite-me/core'
import type { LiveEngine } from './live-engine.ts'

/** Longest time between two looks when nothing wakes the feed. */
const lookMs = 1_000
const batch = 500

/** What a feed needs. */
export interface FeedOptions {
  readonly engine: Pick<LiveEngine, 'events' | 'on'>
  readonly clock: Clock
  readonly log: Log
  /** Told of every event once, in order. Must not throw. */
  readonly tell: (event: DomainEvent) => void
  /** Told after every look, also when nothing had happened. */
  readonly looked: () => void
}

/**
 * Reads the outbox once for the whole process, however many topics and sockets there are.
 *
 * The engine's `on` only wakes it: the feed keeps its own cursor, so that no event falls between the moment it begins and
 * the moment the engine hears it.
 */
export class OutboxFeed {
  readonly #options: FeedOptions
  #begun: Promise<void> | undefined
  #cursor = 0
  #isReading = false
  #readAgain = false
  #isTroubled = false
  #stopListening: (() => void) | undefined
  #callOff: (() => void) | undefined

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** Begins to read; every event that happens after this resolves is told. Throws what the store throws. */
  begin(): Promise<void> {
    this.#begun ??= this.#begin().catch((error: unknown) => {
      this.#begun = undefined
      throw error
    })
    return this.#begun
  }

  /** Reads nothing more until it begins anew, from that moment on. */
  end(): void {
    this.#begun = undefined
    this.#stopListening?.()
    this.#stopListening = undefined
    this.#callOff?.()
    this.#callOff = undefined
  }

  async #begin(): Promise<void> {
    const newest = await this.#options.engine.events.last()
    this.#cursor = Math.max(this.#cursor, newest)
    this.#stopListening ??= this.#options.engine.on('*', ({ cursor }) => {
      if (cursor > this.#cursor) this.#wake()
    })
    this.#lookLater()
  }

  #wake(): void {
    this.#readAgain = true
    if (this.#isReading || this.#stopListening === undefined) return
    this.#isReading = true
    void this.#read().finally(() => {
      this.#isReading = false
      this.#lookLater()
    })
  }

  async #read(): Promise<void> {
    while (this.#readAgain && this.#stopListening !== undefined) {
      this.#readAgain = false
      const events = await this.#page()
      for (const event of events) this.#options.tell(event)
      this.#cursor = Math.max(this.#cursor, events.at(-1)?.cursor ?? 0)
      if (events.length === batch) this.#readAgain = true
      this.#options.looked()
    }
  }

  async #page(): Promise<readonly DomainEvent[]> {
    try {
      const events = await this.#options.engine.events.list({ after: this.#cursor, limit: batch })
      this.#isTroubled = false
      return events
    } catch (error) {
      if (!this.#isTroubled)
        this.#options.log.warn('Live topics stand still: the outbox could not be read. It is tried again.', {
          error: error instanceof Error ? error.message : 'unknown',
        })
      this.#isTroubled = true
      return []
    }
  }

  #lookLater(): void {
    if (this.#stopListening === undefined) return
    this.#callOff?.()
    this.#callOff = this.#options.clock.schedule(lookMs, () => this.#wake(), { keepAlive: false })
  }
}
