import { lanes, type Lane } from '../model/lane.ts'
import type { Clock } from '../ports/clock.ts'
import type { Gate } from './gate.ts'

/** Places of a channel that were given to somebody, who may send as many. */
export interface GivenPlaces {
  readonly count: number
  /** Called once the sends have begun, or are not to. */
  readonly giveBack: () => void
}

/** One who was handed work of a lane and waits. */
interface Waiter {
  readonly wanted: number
  readonly leave: (places: GivenPlaces | undefined) => void
}

/**
 * Where those wait who were handed work of one channel while it has no free place. Places go to the lanes by their shares, as
 * when work is looked for in the store: however much of a slow lane was handed over before, what is urgent overtakes it.
 */
export class WaitingRoom {
  readonly #gate: Gate
  readonly #clock: Clock
  readonly #waiting = new Map<Lane, Set<Waiter>>()
  #isClosed = false
  #hasEdits = false

  constructor(clock: Clock, gate: Gate) {
    this.#clock = clock
    this.#gate = gate
  }

  /**
   * Waits for places.
   *
   * @returns at most as many as wanted; `undefined` when there is none in time, or nothing is sent by this channel at present
   */
  places(lane: Lane, wanted: number, giveUpAtMs: number): Promise<GivenPlaces | undefined> {
    return new Promise((resolve) => {
      const others = this.#waiting.get(lane) ?? new Set()
      this.#waiting.set(lane, others)
      let callOff = (): void => undefined
      const waiter: Waiter = {
        wanted,
        leave: (places) => {
          callOff()
          others.delete(waiter)
          resolve(places)
        },
      }
      const waitOn = (): void => {
        const untilMs = Math.min(giveUpAtMs, this.#gate.reopensAtMs() ?? Infinity)
        callOff = this.#clock.schedule(Math.max(untilMs - this.#clock.now(), 1), () => {
          if (this.#clock.now() >= giveUpAtMs) return waiter.leave(undefined)
          this.look()
          if (others.has(waiter)) waitOn()
        })
      }
      others.add(waiter)
      this.look()
      if (others.has(waiter)) waitOn()
    })
  }

  /** Told at every look for work whether edits are due, which are never handed over: they have their share of the places too. */
  expectEdits(areDue: boolean): void {
    this.#hasEdits = areDue
  }

  /** Gives out what is free; called whenever that may have changed. */
  look(): void {
    if (this.#isClosed || this.#gate.circuit === 'open') return this.#sendAllAway()
    const isAwaited = lanes.some((lane) => this.#wanted(lane) > 0)
    const free = isAwaited ? this.#gate.freeSlots() : 0
    const slots = this.#hasEdits ? free - this.#gate.shareOfEdits(free) : free
    if (slots <= 0) return
    const quota = this.#gate.share(slots)
    const given = new Map<Lane, number>()
    let left = slots
    const plan = (lane: Lane, most: number): number => {
      const before = given.get(lane) ?? 0
      const more = Math.min(most, this.#wanted(lane) - before)
      given.set(lane, before + more)
      left -= more
      return more
    }
    for (const lane of lanes) if (plan(lane, quota[lane]) < quota[lane]) this.#gate.bookEmpty(lane)
    // What some lanes could not use is offered to the others, the most urgent first.
    for (const lane of lanes) plan(lane, left)
    for (const [lane, count] of given) this.#give(lane, count)
  }

  /** Sends away everybody, also those who come later. */
  close(): void {
    this.#isClosed = true
    this.#sendAllAway()
  }

  #give(lane: Lane, count: number): void {
    let left = count
    for (const waiter of this.#waiting.get(lane) ?? []) {
      if (left <= 0) return
      const given = Math.min(left, waiter.wanted)
      left -= given
      waiter.leave({ count: given, giveBack: this.#gate.keepPlaces(given) })
    }
  }

  #wanted(lane: Lane): number {
    return [...(this.#waiting.get(lane) ?? [])].reduce((sum, { wanted }) => sum + wanted, 0)
  }

  #sendAllAway(): void {
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.leave(undefined)
  }
}
