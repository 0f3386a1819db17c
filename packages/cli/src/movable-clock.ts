import type { Clock } from '@invite-me/core/channel'

/** The system's clock, which can be moved forward so that hours pass at once. */
export interface MovableClock extends Clock {
  /** Moves the clock forward and runs, earliest first, what falls due on the way. */
  advance(byMs: number): void
}

interface Appointment {
  readonly at: number
  readonly run: () => void
  readonly keepAlive: boolean
  timer: NodeJS.Timeout | undefined
}

/** Longest delay a timer takes (WHATWG HTML §8.6, 32-bit milliseconds); longer waits are looked at again. */
const longestTimerMs = 2 ** 31 - 1

/** Makes a clock that begins at the system's time and passes as fast. */
export function createMovableClock(): MovableClock {
  let aheadMs = 0
  const appointments = new Set<Appointment>()
  const now = (): number => Date.now() + aheadMs

  const arm = (appointment: Appointment): void => {
    const delayMs = Math.min(Math.max(appointment.at - now(), 0), longestTimerMs)
    appointment.timer = setTimeout(() => {
      if (appointment.at > now()) arm(appointment)
      else keep(appointment)
    }, delayMs)
    if (!appointment.keepAlive) appointment.timer.unref()
  }
  const cancel = (appointment: Appointment): void => {
    clearTimeout(appointment.timer)
    appointments.delete(appointment)
  }
  const keep = (appointment: Appointment): void => {
    cancel(appointment)
    appointment.run()
  }

  return {
    now,
    schedule(delayMs, run, { keepAlive = true } = {}) {
      const appointment: Appointment = { at: now() + Math.max(delayMs, 0), run, keepAlive, timer: undefined }
      appointments.add(appointment)
      arm(appointment)
      return () => cancel(appointment)
    },
    advance(byMs) {
      aheadMs += Math.max(byMs, 0)
      for (const appointment of [...appointments].toSorted((one, other) => one.at - other.at)) {
        // One that ran just now may have called off another.
        if (!appointments.has(appointment)) continue
        if (appointment.at <= now()) {
          keep(appointment)
        } else {
          clearTimeout(appointment.timer)
          arm(appointment)
        }
      }
    },
  }
}
