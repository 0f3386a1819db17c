import type { Clock } from '@invite-me/core'

/** The system's time, for waits of the HTTP interface where nobody gave another clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, run, { keepAlive = true } = {}) => {
    const timer = setTimeout(run, delayMs)
    if (!keepAlive) timer.unref()
    return () => clearTimeout(timer)
  },
}
