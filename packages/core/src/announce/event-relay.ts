import type { DomainEvent } from '../model/domain-event.ts'
import type { EventPublisher } from '../ports/event-publisher.ts'
import type { World } from '../ports/world.ts'
import { isWorthAWord } from '../rules/worth-a-word.ts'
import { eventBody, eventId } from './post-event.ts'

/** Whose place in the outbox is remembered. */
const reader = 'events'
/** Events handed over together. */
const mostEvents = 200
/** Pause between two looks, so that what happens meanwhile is handed over together. */
const companyMs = 10
/** First and longest pause after a failure. */
const firstPauseMs = 250
const longestPauseMs = 5_000

/**
 * Hands the events of the outbox to a publisher, in the order of their commits, none left out. Runs in every process that does
 * chores; one at a time has the turn. Its place is written down after the publisher has the events: who dies between the two
 * leaves them to be handed over again, under the same ids.
 */
export class EventRelay {
  readonly #world: World
  readonly #publisher: EventPublisher
  /** This process, as others see who has the turn. */
  readonly #holder: string
  /** Last event that was handed over; known while the turn is ours. */
  #readTo: number | undefined
  #heldUntilMs = -Infinity
  #isRunning = false
  #isLooking = false
  #isResting = false
  #hasNews = false
  #failures = 0
  #looking: Promise<void> = Promise.resolve()
  #callOff: () => void = () => undefined

  constructor(world: World, publisher: EventPublisher) {
    this.#world = world
    this.#publisher = publisher
    this.#holder = world.ids.next()
  }

  /** Remembers where a workspace stands that never published: what happens from now on is handed over, whenever that may be. */
  async begin(): Promise<void> {
    await this.#giveBackTurn()
  }

  /** Begins to hand over. */
  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.wake()
  }

  /** Looks for new events soon. */
  wake(): void {
    this.#hasNews = true
    if (this.#isRunning && !this.#isLooking && !this.#isResting) this.#begin()
  }

  /** Waits for what is being handed over, then leaves the turn to others. */
  async stop(): Promise<void> {
    this.#isRunning = false
    this.#callOff()
    await this.#looking
    // Should this fail, the turn runs out by itself.
    if (this.#readTo !== undefined) await this.#giveBackTurn().catch(() => undefined)
  }

  #begin(): void {
    this.#callOff()
    this.#isLooking = true
    this.#hasNews = false
    this.#looking = this.#look().then((restMs) => {
      this.#isLooking = false
      if (this.#isRunning) this.#rest(restMs)
    })
  }

  /** @returns how long to rest before the next look */
  async #look(): Promise<number> {
    try {
      const cursor = await this.#takeTurn()
      if (cursor === undefined) {
        this.#hasNews = true
        return this.#world.settings.pollMs
      }
      await this.#handOver(await this.#world.store.outbox.after(cursor, mostEvents))
      this.#failures = 0
      return companyMs
    } catch (error) {
      this.#hasNews = true
      return this.#restAfter(error)
    }
  }

  async #handOver(events: readonly DomainEvent[]): Promise<void> {
    const last = events.at(-1)
    if (last === undefined) return
    await this.#publisher.publish(
      events.map((event) => ({
        id: eventId(event.cursor),
        type: event.type,
        at: event.at,
        body: eventBody(event),
      })),
    )
    await this.#writeTurn(this.#world.settings.leaseMs, last.cursor)
    if (events.length === mostEvents) this.#hasNews = true
  }

  /** @returns where to read on; `undefined` while another process has the turn */
  async #takeTurn(): Promise<number | undefined> {
    const { clock, settings } = this.#world
    const leftMs = this.#heldUntilMs - clock.now()
    const isSurelyOurs = leftMs > settings.leaseMs / 2 && leftMs <= settings.leaseMs
    if (!isSurelyOurs || this.#readTo === undefined) await this.#writeTurn(settings.leaseMs)
    return this.#readTo
  }

  async #giveBackTurn(): Promise<void> {
    await this.#writeTurn(0)
    this.#readTo = undefined
  }

  async #writeTurn(forMs: number, readTo?: number): Promise<void> {
    const nowMs = this.#world.clock.now()
    this.#readTo = undefined
    this.#readTo = await this.#world.store.outbox.takeTurn({
      reader,
      holder: this.#holder,
      now: new Date(nowMs),
      until: new Date(nowMs + forMs),
      ...(readTo !== undefined && { readTo }),
    })
    this.#heldUntilMs = nowMs + forMs
  }

  async #restAfter(error: unknown): Promise<number> {
    this.#failures += 1
    if (isWorthAWord(this.#failures))
      this.#world.log.error('Events could not be published; trying again', {
        failures: this.#failures,
        error: error instanceof Error ? error.message : 'unknown',
      })
    // Another process may have better luck.
    if (this.#readTo !== undefined) await this.#giveBackTurn().catch(() => undefined)
    return Math.min(firstPauseMs * 2 ** (this.#failures - 1), longestPauseMs)
  }

  #rest(ms: number): void {
    const { clock, settings } = this.#world
    const look = (): void => {
      this.#begin()
    }
    this.#isResting = true
    this.#callOff = clock.schedule(
      ms,
      () => {
        this.#isResting = false
        if (this.#hasNews) look()
        else this.#callOff = clock.schedule(settings.pollMs, look, { keepAlive: false })
      },
      { keepAlive: false },
    )
  }
}
