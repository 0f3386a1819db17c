import { setImmediate, setTimeout } from 'node:timers'
import { durationSchema, type Duration } from '../model/duration.ts'
import { InviteMeError } from '../model/error.ts'
import { parseInput } from '../model/parse.ts'
import type { Clock } from '../ports/clock.ts'

/** When a virtual clock begins unless told otherwise: Monday 5 January 2026, 09:00 UTC. */
export const virtualStartMs: number = Date.UTC(2026, 0, 5, 9)

/** Turns of the event loop in which nothing may happen before the engine counts as at rest. */
const quietTurns = 4
/** Real time a tracked promise is waited for while nothing else happens; one that hangs for ever must not stop time. */
const patienceMs = 1_000
/** Real time after which an engine that is always busy is reported. */
const mostBusyMs = 30_000
/** Routine looks taken at most before pacers are asked again, when they keep forbidding to leave any out. */
const mostUnasked = 16
/** A timer that came back this often with the same delay is a routine look; see {@link VirtualClock.pacedBy}. */
const routineAfter = 3

/** A clock that stands still until the test moves it. */
export interface VirtualClock extends Clock {
  /**
   * Lets time pass: runs each timer at its moment, in order, and lets everything it set off come to rest before the next.
   * Calls made while one is under way wait for their turn.
   *
   * @param duration milliseconds or `'30m'`; 0 lets things come to rest only
   * @throws InviteMeError `INTERNAL` when the program does not come to rest within 30 s of real time
   */
  advance(duration: Duration): Promise<void>
  /** Sets the clock forward, or back with a negative number, as an operator does: `now` jumps, running timers do not notice. */
  jump(byMs: number): void
  /** Lets everything under way come to rest without letting time pass; timers of no delay at all are run. */
  settle(): Promise<void>
  /** Makes `settle` wait for a promise that depends on the real world, at most a second. Returns the promise. */
  track<Result>(promise: Promise<Result>): Promise<Result>
  /**
   * Lets `advance` leave out routine looks (timers that come back again and again with the same delay) up to the moment
   * `look` names, so that days pass in milliseconds. Without any pacer every look is taken.
   *
   * @param look Unix ms before which certainly nothing is to be done, `Infinity` for nothing at all; a past moment forbids leaving out
   * @returns a function that takes the pacer away
   */
  pacedBy(look: () => Promise<number>): () => void
}

interface Timer {
  readonly order: number
  readonly atMs: number
  readonly delayMs: number
  /** Times in a row it came back while its predecessor ran. */
  readonly returns: number
  readonly run: () => void
}

/**
 * Makes a virtual clock.
 *
 * @param startMs Unix ms at which it stands; default {@link virtualStartMs}
 * @example
 * const clock = virtualClock()
 * clock.schedule(60_000, () => console.log('a minute later'))
 * await clock.advance('1m')
 */
export function virtualClock(startMs: number = virtualStartMs): VirtualClock {
  const timers = new Set<Timer>()
  const pacers = new Set<() => Promise<number>>()
  const tracked = new Set<Promise<unknown>>()
  /** What timers follow; never jumps. */
  let passedMs = 0
  let jumpedMs = 0
  let order = 0
  /** Grows with everything the program does with time; what stands still is at rest. */
  let activity = 0
  let running: Timer | undefined
  let turn: Promise<void> = Promise.resolve()
  /** Taking a look is always right, and asking costs more than most looks do. */
  let unasked = { next: 1, left: 0 }

  const schedule = (delayMs: number, run: () => void): (() => void) => {
    activity += 1
    const delay = Math.max(0, delayMs)
    const returns = running?.delayMs === delay ? running.returns + 1 : 0
    const timer = { order: (order += 1), atMs: passedMs + delay, delayMs: delay, returns, run }
    timers.add(timer)
    return () => {
      activity += 1
      timers.delete(timer)
    }
  }

  const earliest = (isWanted: (timer: Timer) => boolean = () => true): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers)
      if (isWanted(timer) && (first === undefined || isBefore(timer, first))) first = timer
    return first
  }

  /** Runs the first timer that was to wait no time at all. @returns whether there was one */
  const runNow = (): boolean => {
    const timer = earliest(({ delayMs }) => delayMs === 0)
    if (timer === undefined) return false
    timers.delete(timer)
    timer.run()
    return true
  }

  const settle = async (): Promise<void> => {
    const startedMs = performance.now()
    let movedMs = startedMs
    for (let quiet = 0; quiet < quietTurns;) {
      const before = activity
      const waits = tracked.size > 0
      await nextTurn(waits && quiet > 0)
      const nowMs = performance.now()
      if (activity !== before) movedMs = nowMs
      if (waits && nowMs - movedMs > patienceMs) tracked.clear()
      quiet = activity === before ? quiet + 1 : 0
      if (tracked.size > 0) quiet = Math.min(quiet, 1)
      if (quiet === quietTurns && runNow()) quiet = 0
      if (nowMs - startedMs > mostBusyMs) throw neverAtRest(startMs + passedMs + jumpedMs)
    }
  }

  /** How far time may pass at once because only routine looks lie between; at least `passedMs`. */
  const restUntil = async (targetMs: number): Promise<number> => {
    if (unasked.left > 0) {
      unasked = { ...unasked, left: unasked.left - 1 }
      return passedMs
    }
    const other = earliest((timer) => !isRoutine(timer))
    const moments = await Promise.all([...pacers].map((look) => look()))
    const calmMs = Math.min(...moments) - (startMs + jumpedMs)
    const isCalm = calmMs > passedMs
    unasked = isCalm
      ? { next: 1, left: 0 }
      : { next: Math.min(unasked.next * 2, mostUnasked), left: unasked.next }
    return Math.max(passedMs, Math.min(targetMs, calmMs, other?.atMs ?? Infinity))
  }

  const runTimer = async (timer: Timer): Promise<void> => {
    timers.delete(timer)
    passedMs = Math.max(passedMs, timer.atMs)
    running = timer
    timer.run()
    await settle()
    running = undefined
  }

  const pass = async (durationMs: number): Promise<void> => {
    await settle()
    const targetMs = passedMs + durationMs
    for (;;) {
      const next = earliest()
      if (next === undefined || next.atMs > targetMs) break
      if (next.atMs > passedMs && isRoutine(next) && pacers.size > 0) passedMs = await restUntil(targetMs)
      const due = earliest()
      if (due !== undefined && due.atMs <= targetMs) await runTimer(due)
    }
    passedMs = targetMs
    await settle()
  }

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  return {
    now: () => {
      activity += 1
      return startMs + passedMs + jumpedMs
    },
    schedule,
    advance: (duration) => inTurn(() => pass(toMs(duration))),
    jump: (byMs) => {
      jumpedMs += byMs
    },
    settle: () => inTurn(settle),
    track: (promise) => {
      tracked.add(promise)
      const forget = (): void => {
        activity += 1
        tracked.delete(promise)
      }
      promise.then(forget, forget)
      return promise
    },
    pacedBy: (look) => {
      pacers.add(look)
      return () => {
        pacers.delete(look)
      }
    },
  }
}

function isRoutine({ returns }: Timer): boolean {
  return returns >= routineAfter
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}

/** One turn of the event loop; a short real pause when the rest of the world has to get on. */
function nextTurn(isWaiting: boolean): Promise<void> {
  return new Promise((resolve) => {
    if (isWaiting) setTimeout(resolve, 1)
    else setImmediate(resolve)
  })
}

function toMs(duration: Duration): number {
  if (duration === 0) return 0
  return parseInput(durationSchema, duration, { code: 'REQUEST_INVALID', path: 'duration', what: 'advance' })
}

function neverAtRest(nowMs: number): InviteMeError {
  return new InviteMeError(
    'INTERNAL',
    `The program was still busy after ${String(mostBusyMs / 1_000)} s at ${new Date(nowMs).toISOString()} of virtual time; look for something that falls due again and again at once.`,
  )
}
