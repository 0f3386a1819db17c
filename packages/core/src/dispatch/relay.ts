import type { Delivery } from '../model/delivery.ts'
import type { Lane } from '../model/lane.ts'
import type { World } from '../ports/world.ts'
import { workItemOf } from '../rules/work-item.ts'
import { findMessages, type MessageCache } from './message-cache.ts'
import { publishTraced } from './trace-work.ts'
import { isWorthAWord } from '../rules/worth-a-word.ts'

/** Deliveries of one channel and lane that are handed out at once and not yet taken. What waits for them stays in the store. */
const mostOut = 500
/** Items of one hint, which goes to one dispatcher: few enough that several share a burst. */
const mostItems = 25
/** What nobody took in this time is handed out again: the broker lost it, or its dispatcher died. */
const handOutAgainMs = 30_000
/** Pause while dispatchers take what is out. */
const busyPauseMs = 20

interface HandedOut {
  readonly atMs: number
  /** When it was due then. */
  readonly dueAtMs: number | undefined
}

/**
 * Hands what is due to a queue that carries work, by name. The store stays the truth: what is handed out is still due there until
 * a dispatcher has claimed it, so that a broker may lose everything it holds. Handing out twice costs one look, since the
 * second claim finds nothing.
 */
export class Relay {
  readonly #world: World
  readonly #cache: MessageCache = new Map()
  /** How each delivery was handed out; those nobody waits for any more are forgotten. */
  readonly #out = new Map<string, Map<string, HandedOut>>()
  #isRunning = false
  #isLooking = false
  #isGathering = false
  #lookAgain = false
  #looking: Promise<void> = Promise.resolve()
  #pauseMs = busyPauseMs
  /** When something falls due that was not when it last looked. */
  #nextMs = Infinity
  #failures = 0
  #callOff: () => void = () => undefined

  constructor(world: World) {
    this.#world = world
  }

  /** Begins to hand out. */
  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.wake()
  }

  /** Looks for due work now; a moment later when it has just looked, so that what comes one by one is handed out together. */
  wake(): void {
    if (!this.#isRunning) return
    this.#lookAgain = true
    if (this.#isLooking || this.#isGathering) return
    this.#isLooking = true
    this.#looking = this.#look().finally(() => {
      this.#isLooking = false
    })
  }

  /** Hands out nothing more. */
  async stop(): Promise<void> {
    this.#isRunning = false
    this.#callOff()
    await this.#looking
  }

  async #look(): Promise<void> {
    if (this.#lookAgain && this.#isRunning) {
      this.#lookAgain = false
      try {
        const moved = await this.#handOutAll()
        this.#failures = 0
        this.#pauseMs =
          moved || this.#lookAgain ? busyPauseMs : Math.min(this.#pauseMs * 2, this.#world.settings.pollMs)
      } catch (error) {
        this.#failures += 1
        this.#pauseMs = this.#world.settings.pollMs
        if (isWorthAWord(this.#failures))
          this.#world.log.warn('Due work could not be handed out; trying again', {
            failures: this.#failures,
            error: error instanceof Error ? error.message : 'unknown',
          })
      }
    }
    if (this.#isRunning) this.#sleep()
  }

  #sleep(): void {
    this.#callOff()
    const untilDueMs = Math.max(this.#nextMs - this.#world.clock.now(), 1)
    this.#isGathering = this.#pauseMs <= busyPauseMs
    this.#callOff = this.#world.clock.schedule(
      Math.min(this.#pauseMs, untilDueMs),
      () => {
        this.#isGathering = false
        this.wake()
      },
      { keepAlive: false },
    )
  }

  /** @returns whether anything new was handed out, or taken since the last look */
  async #handOutAll(): Promise<boolean> {
    const nowMs = this.#world.clock.now()
    const waiting = await this.#world.store.deliveries.nextDue([...this.#world.channels.keys()])
    const due = waiting.filter(({ at }) => at.getTime() <= nowMs)
    this.#nextMs = Math.min(...waiting.flatMap(({ at }) => (at.getTime() > nowMs ? at.getTime() : [])))
    const places = new Set(due.map(({ channel, lane }) => `${channel} ${lane}`))
    const gone = [...this.#out.keys()].filter((place) => !places.has(place))
    for (const place of gone) this.#out.delete(place)
    // A lane the broker does not take, or takes slowly, holds up no other.
    const ends = await Promise.allSettled(due.map(({ channel, lane }) => this.#handOut(channel, lane)))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    return gone.length > 0 || ends.some((end) => end.status === 'fulfilled' && end.value)
  }

  async #handOut(channel: string, lane: Lane): Promise<boolean> {
    const nowMs = this.#world.clock.now()
    const due = await this.#world.store.deliveries.due({
      channel,
      lane,
      now: new Date(nowMs),
      limit: mostOut,
    })
    const out = this.#out.get(`${channel} ${lane}`) ?? new Map<string, HandedOut>()
    const waiting = new Set(due.map(({ id }) => id))
    const taken = [...out.keys()].filter((id) => !waiting.has(id))
    for (const id of taken) out.delete(id)
    this.#out.set(`${channel} ${lane}`, out)
    const fresh = due.filter((delivery) => !isOut(out.get(delivery.id), delivery, nowMs))
    // What nobody took is handed out again, without looking any sooner whether somebody takes it now.
    const isNew = fresh.some(({ dueAt, id }) => out.get(id)?.dueAtMs !== dueAt?.getTime())
    for (let start = 0; start < fresh.length; start += mostItems) {
      const some = fresh.slice(start, start + mostItems)
      await publishTraced(this.#world, await this.#hint(channel, lane, some))
      for (const { dueAt, id } of some) out.set(id, { atMs: nowMs, dueAtMs: dueAt?.getTime() })
    }
    return isNew || taken.length > 0
  }

  async #hint(channel: string, lane: Lane, deliveries: readonly Delivery[]) {
    const messages = await findMessages(
      this.#world.store,
      deliveries.map(({ messageId }) => messageId),
      this.#cache,
    )
    const items = deliveries.map((delivery) => workItemOf(delivery, messages.get(delivery.messageId)))
    return { lane, channel, dueAt: this.#world.clock.now(), items }
  }
}

/** Whether nobody can have taken it yet: who took it and failed has put it off, maybe by less than a look's pause. */
function isOut(handedOut: HandedOut | undefined, { dueAt }: Delivery, nowMs: number): boolean {
  return (
    handedOut !== undefined &&
    handedOut.dueAtMs === dueAt?.getTime() &&
    nowMs - handedOut.atMs < handOutAgainMs
  )
}
