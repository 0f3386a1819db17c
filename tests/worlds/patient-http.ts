import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '@invite-me/core'
import type { VirtualClock } from '@invite-me/core/testing'

/** Requests to an interface within the program, between which a virtual clock stands still. */
export interface PatientHttp {
  /** The clock to make the interface with. */
  readonly clock: Clock
  /**
   * Answers a request. Time stands still until it is answered, or, when it waits for something (`?wait`), until it does: it may wait
   * for ever, and what it waits for would be over before it looks.
   */
  answer(request: Request, fetch: (request: Request) => Promise<Response>): Promise<Response>
}

/** See {@link PatientHttp}. */
export function patientHttp(clock: VirtualClock): PatientHttp {
  const rests = new AsyncLocalStorage<() => void>()
  return {
    clock: {
      now: clock.now,
      schedule: (delayMs, run, options) => {
        // Whoever waits for time to pass is at rest.
        rests.getStore()?.()
        return clock.schedule(delayMs, run, options)
      },
    },
    answer: (request, fetch) => {
      if (!new URL(request.url).searchParams.has('wait')) return clock.track(fetch(request))
      const { promise: atRest, resolve: rest } = Promise.withResolvers<void>()
      void clock.track(atRest)
      return rests.run(rest, () => fetch(request)).finally(rest)
    },
  }
}
