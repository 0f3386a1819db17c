import type { Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { Store } from './ports/store.ts'

/** How often the clocks are compared. */
const everyMs = 60_000
/** A difference below this is as good as none: asking takes time too, and a clock that is moved all the time helps nobody. */
const toleratedMs = 250
/** One above this is told: whatever else runs on that machine goes by its clock. */
const worthAWordMs = 5_000

/** A clock that must be stopped. */
export interface KeptClock extends Clock {
  stop(): void
}

/**
 * The machine's clock, corrected to the store's own. Leases and due times are compared between machines, so a machine whose
 * clock is minutes wrong would take others' work from their hands, or have its own taken.
 *
 * @param store has `now`
 */
export async function storeClock(
  clock: Clock,
  store: Required<Pick<Store, 'now'>>,
  log: Log,
): Promise<KeptClock> {
  let offsetMs = 0
  let isStopped = false
  let callOff = (): void => undefined
  const compare = async (): Promise<void> => {
    const askedMs = clock.now()
    const storeMs = (await store.now()).getTime()
    const answeredMs = clock.now()
    const before = offsetMs
    offsetMs = corrected(offsetMs, storeMs - answeredMs, storeMs - askedMs)
    if (Math.abs(offsetMs - before) >= worthAWordMs)
      log.warn("This machine's clock differs from the database's; the engine goes by the database's", {
        differenceMs: -offsetMs,
      })
  }
  const goOn = (): void => {
    if (isStopped) return
    callOff = clock.schedule(
      everyMs,
      () => {
        // It is asked again in a minute.
        void compare()
          .catch(() => undefined)
          .finally(goOn)
      },
      { keepAlive: false },
    )
  }
  await compare()
  goOn()
  return {
    now: () => clock.now() + offsetMs,
    schedule: (delayMs, run, options) => clock.schedule(delayMs, run, options),
    stop: () => {
      isStopped = true
      callOff()
    },
  }
}

/**
 * The store looked at its clock at some moment between question and answer, which bounds the difference. One that is no
 * further off than tolerated stays; another is moved as little as is certain, so that a slow answer never makes it worse.
 */
function corrected(offsetMs: number, leastMs: number, mostMs: number): number {
  // The machine's own clock was set back meanwhile.
  if (leastMs > mostMs) return offsetMs
  const nearestMs = Math.min(Math.max(offsetMs, leastMs), mostMs)
  return Math.abs(nearestMs - offsetMs) < toleratedMs ? offsetMs : Math.round(nearestMs)
}
