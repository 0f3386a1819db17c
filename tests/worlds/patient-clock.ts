import type { VirtualClock } from '@invite-me/core/testing'

const signEveryMs = 200
/** Whoever has not answered by then waits for something else: for the clock itself, maybe. */
const longestMs = 10_000

/**
 * The same clock, which waits longer for what it tracks. By itself it loses its patience after a second in which nobody looks at
 * it; beside many other tests a database or a broker takes that long now and then, and what falls due meanwhile would be late.
 */
export function patientClock(clock: VirtualClock): VirtualClock {
  return { ...clock, track: (promise) => held(clock, promise) }
}

function held<Result>(clock: VirtualClock, promise: Promise<Result>): Promise<Result> {
  // Whoever looks at a clock is alive.
  const signs = setInterval(() => clock.now(), signEveryMs)
  const end = (): void => {
    clearInterval(signs)
    clearTimeout(giveUp)
  }
  const giveUp = setTimeout(end, longestMs)
  promise.then(end, end)
  return clock.track(promise)
}
