import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'

/**
 * What browsers and Node both bring, gathered here so that the rest of the client can be tested without them. Nothing of `node:`
 * may be imported in this folder.
 */

/** Longest delay a timer takes; longer ones fire at once (WHATWG HTML §8.6, 32-bit milliseconds). */
const longestTimerMs = 2 ** 31 - 1

/** The machine's own time. */
export const platformClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), longestTimerMs))
    return () => clearTimeout(timer)
  },
}

/** The machine's cryptographic source. */
export const platformRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  fraction: () => Math.random(),
}

/** Does requests, as the platform's `fetch` does. */
export type FetchFunction = typeof fetch

/** The machine's `fetch`, looked up with each call: a host app may replace it. */
export const platformFetch: FetchFunction = (input, init) => fetch(input, init)
