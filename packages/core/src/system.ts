import { randomFillSync } from 'node:crypto'
import type { Clock } from './ports/clock.ts'
import type { Notifier } from './ports/notifier.ts'
import type { Random } from './ports/random.ts'
import type { Tracer } from './ports/tracer.ts'

/** Longest delay a timer takes; longer ones fire at once (WHATWG HTML §8.6, 32-bit milliseconds). */
const longestTimerMs = 2 ** 31 - 1

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, run, options = {}) {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), longestTimerMs))
    if (options.keepAlive === false) timer.unref()
    return () => {
      clearTimeout(timer)
    }
  },
}

/** Bytes are drawn from the kernel in blocks: one call for 256 ids instead of one each. */
const block = new Uint8Array(4_096)
let used = block.length

/** The machine's cryptographic source. */
export const systemRandom: Random = {
  bytes(count) {
    if (count > block.length) return randomFillSync(new Uint8Array(count))
    if (used + count > block.length) {
      randomFillSync(block)
      used = 0
    }
    const bytes = block.slice(used, used + count)
    used += count
    return bytes
  },
  fraction: () => Math.random(),
}

/** Traces nothing. */
export const untraced: Tracer = {
  isOn: () => false,
  current: () => null,
  span: (_name, _options, work) => work(),
}

/** Wakes nobody: other processes look by themselves. */
export const silentNotifier: Notifier = {
  notify: () => undefined,
  listen: async () => async () => undefined,
  close: async () => undefined,
}
