import type { Clock } from '../ports/clock.ts'
import type { DueHint, Queue } from '../ports/queue.ts'

/**
 * The embedded queue: wakes consumers of this process. Nothing is kept here, since the store's due index is the truth and
 * dispatchers look into it by themselves; a hint that is lost is late by one poll.
 */
export function storeQueue(clock: Clock): Queue {
  const consumers = new Set<(hints: readonly DueHint[]) => Promise<void>>()
  const underWay = new Set<Promise<void>>()
  const timers = new Set<() => void>()

  const deliver = (hints: readonly DueHint[]): void => {
    for (const consume of consumers) {
      const call: Promise<void> = consume(hints).catch(() => undefined)
      underWay.add(call)
      void call.then(() => underWay.delete(call))
    }
  }

  return {
    promises: { redelivers: false, survivesProcess: false, carriesWork: false },
    publish: async (hints) => {
      const now = clock.now()
      const due = hints.filter((hint) => hint.dueAt <= now)
      if (due.length > 0) deliver(due)
      for (const hint of hints.filter(({ dueAt }) => dueAt > now)) {
        const callOff = clock.schedule(
          hint.dueAt - now,
          () => {
            timers.delete(callOff)
            deliver([hint])
          },
          { keepAlive: false },
        )
        timers.add(callOff)
      }
    },
    consume: async (handle) => {
      consumers.add(handle)
      return async () => {
        consumers.delete(handle)
      }
    },
    close: async () => {
      consumers.clear()
      for (const callOff of timers) callOff()
      timers.clear()
      await Promise.all(underWay)
    },
  }
}
