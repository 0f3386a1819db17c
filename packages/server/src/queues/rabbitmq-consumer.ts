import type { ChannelModel, ConsumeMessage } from 'amqplib'
import { isWorthAWord, lanes, type Clock, type DueHint, type Lane, type Log } from '@invite-me/core'
import { atMost, within } from './deadline.ts'
import { holdMs, readHint, type ParkReason } from './rabbitmq-envelope.ts'
import { mostReturns, type BrokerNames } from './rabbitmq-names.ts'
import type { ParkHeaders } from './rabbitmq-parking.ts'
import { acknowledge, giveBack, openTap, returnsOf, type Taken, type Tap } from './rabbitmq-tap.ts'

/** Hints of one call, and how long the first of them waits for others. */
const mostHintsAtOnce = 50
const companyMs = 5
/** What falls due later than this is let go: it would take the place of due work, and its sender hands it out again. */
const longestHoldMs = 60_000
/** Times the rest of refused work doubles. From a second on, all its returns take eight minutes. */
const mostDoublings = 5
/** Longest wait for the broker's answer while a consumer ends. */
const cancelMs = 2_000

/** What a consumer needs. */
export interface ConsumerWorld {
  readonly names: BrokerNames
  readonly clock: Clock
  readonly log: Log
  /** Hints of each lane that are here and not yet done with. */
  readonly prefetch: number
  /** A call that takes longer counts as refused. */
  readonly handleMs: number
  /** How long a hint rests that was refused for the first time, before the broker has it back. */
  readonly refusedMs: number
  /** Longest wait for calls under way when it is stopped. */
  readonly stopMs: number
  /** Puts a strange message aside. */
  readonly park: (message: ConsumeMessage, why: ParkHeaders) => Promise<void>
  /** Builds the connection again. */
  readonly renew: (reason: Error) => void
}

/** A hint the broker waits to hear about. */
interface Delivery extends Taken {
  readonly hint: DueHint
}

interface Batch {
  readonly deliveries: Delivery[]
  readonly callOff: () => void
}

/**
 * Takes hints of all lanes, each lane with a window of its own, and calls `handle` for those of one lane and channel together:
 * a channel that is slow holds up no other's acknowledgement.
 */
export class HintConsumer {
  readonly #world: ConsumerWorld
  readonly #handle: (hints: readonly DueHint[]) => Promise<void>
  readonly #batches = new Map<string, Batch>()
  readonly #underWay = new Set<Promise<void>>()
  /** Waits that are called off when it stops. */
  readonly #timers = new Set<() => void>()
  readonly #parked = new Map<ParkReason, number>()
  /** One for each lane. */
  #taps: readonly Tap[] = []
  #isStopped = false
  #refusals = 0
  #stopping: Promise<void> | undefined

  constructor(world: ConsumerWorld, handle: (hints: readonly DueHint[]) => Promise<void>) {
    this.#world = world
    this.#handle = handle
  }

  /** Begins on a new connection; what was taken on an older one comes again. */
  attach(connection: ChannelModel): void {
    if (this.#isStopped) return
    const { names, prefetch, renew } = this.#world
    this.#taps = lanes.map((lane) =>
      openTap(connection, {
        queue: names.queue(lane),
        prefetch,
        renew,
        onMessage: (taken) => this.#receive(lane, taken),
      }),
    )
  }

  /** Takes no more, waits for the calls under way, and gives the rest back; may be called twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#isStopped = true
    for (const callOff of this.#timers) callOff()
    for (const { callOff } of this.#batches.values()) callOff()
    this.#batches.clear()
    const { clock, stopMs } = this.#world
    await atMost(clock, cancelMs, Promise.allSettled(this.#taps.map((tap) => tap.cancel())))
    await atMost(clock, stopMs, Promise.allSettled(this.#underWay))
    // The broker gives to others what was not acknowledged on them.
    await atMost(clock, cancelMs, Promise.all(this.#taps.map((tap) => tap.close())))
  }

  #receive(lane: Lane, taken: Taken): void {
    if (this.#isStopped) return
    const returns = returnsOf(taken.message)
    if (returns >= mostReturns) {
      this.#keep(this.#park(taken, lane, 'returned_too_often', `${String(returns)} times`))
      return
    }
    const read = readHint(taken.message.content, lane)
    if (read.kind === 'strange') {
      this.#keep(this.#park(taken, lane, read.reason, read.detail))
      return
    }
    const waitMs = holdMs(read, this.#world.clock.now())
    const delivery = { ...taken, hint: read.hint }
    if (waitMs === 0) this.#collect(delivery)
    else if (waitMs <= longestHoldMs) this.#later(waitMs, () => this.#collect(delivery))
    else acknowledge(delivery)
  }

  #collect(delivery: Delivery): void {
    const { channel, lane } = delivery.hint
    const key = `${String(lane)} ${channel}`
    const batch = this.#batches.get(key)
    if (batch === undefined) {
      const callOff = this.#world.clock.schedule(companyMs, () => this.#flush(key))
      this.#batches.set(key, { deliveries: [delivery], callOff })
      return
    }
    batch.deliveries.push(delivery)
    if (batch.deliveries.length >= mostHintsAtOnce) this.#flush(key)
  }

  #flush(key: string): void {
    const batch = this.#batches.get(key)
    if (batch === undefined) return
    batch.callOff()
    this.#batches.delete(key)
    this.#keep(this.#call(batch.deliveries))
  }

  async #call(deliveries: readonly Delivery[]): Promise<void> {
    const { clock, handleMs } = this.#world
    try {
      const hints = deliveries.map(({ hint }) => hint)
      const late = (): Error => new Error(`not done within ${String(handleMs)} ms`)
      await within(clock, handleMs, this.#handle(hints), late)
      this.#refusals = 0
      for (const delivery of deliveries) acknowledge(delivery)
    } catch (error) {
      this.#tellRefusal(deliveries, error)
      this.#giveBackLater(deliveries)
    }
  }

  #tellRefusal(deliveries: readonly Delivery[], error: unknown): void {
    this.#refusals += 1
    if (!isWorthAWord(this.#refusals)) return
    this.#world.log.warn('Work that was handed over could not be taken; it is handed out again', {
      refusals: this.#refusals,
      hints: deliveries.length,
      channel: deliveries[0]?.hint.channel,
      error: error instanceof Error ? error.message : 'unknown',
    })
  }

  /**
   * Not at once: what fails here would come back here, and fail, a thousand times a second. And later each time: a database that is
   * away for a minute must not use up the returns of work there is nothing wrong with.
   */
  #giveBackLater(taken: readonly Taken[]): void {
    if (this.#isStopped) return
    for (const one of taken)
      this.#later(this.#world.refusedMs * 2 ** Math.min(returnsOf(one.message), mostDoublings), () =>
        giveBack(one),
      )
  }

  async #park(taken: Taken, lane: Lane, reason: ParkReason, detail: string): Promise<void> {
    const why = { 'x-invite-me-reason': reason, 'x-invite-me-detail': detail, 'x-invite-me-lane': lane }
    try {
      await this.#world.park(taken.message, why)
    } catch {
      // The broker is short of something, and has been told of; the message stays with it.
      this.#giveBackLater([taken])
      return
    }
    acknowledge(taken)
    const count = (this.#parked.get(reason) ?? 0) + 1
    this.#parked.set(reason, count)
    if (isWorthAWord(count))
      this.#world.log.warn(`A message was put into the queue ${this.#world.names.parked}`, {
        reason,
        detail,
        lane,
        count,
      })
  }

  #later(ms: number, run: () => void): void {
    const callOff = this.#world.clock.schedule(ms, () => {
      this.#timers.delete(callOff)
      run()
    })
    this.#timers.add(callOff)
  }

  #keep(work: Promise<void>): void {
    this.#underWay.add(work)
    void work.finally(() => this.#underWay.delete(work))
  }
}
