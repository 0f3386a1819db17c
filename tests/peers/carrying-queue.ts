import type { DueHint, Queue } from '@invite-me/core'
import type { VirtualClock } from '@invite-me/core/testing'

type Handler = (hints: readonly DueHint[]) => Promise<void>

/** A broker in memory: hands each hint to one consumer, and may lose, repeat or refuse what it is given. */
export interface CarryingQueue {
  /** A process's connection to it. */
  connect(): Queue
  /** Everything published so far, lost or not. */
  readonly published: readonly DueHint[]
  /** Refuses whatever is published, as a broker that is away. */
  breakDown(): void
  /** Takes what is published and delivers none of it. */
  loseAll(): void
  /** Delivers everything twice. */
  repeatAll(): void
  mend(): void
}

/** Makes such a broker. */
export function carryingQueue(clock: VirtualClock): CarryingQueue {
  const published: DueHint[] = []
  const handlers: Handler[] = []
  /** Published while nobody consumed. */
  const waiting: DueHint[] = []
  let next = 0
  let mood: 'well' | 'down' | 'losing' | 'repeating' = 'well'

  const deliver = (hint: DueHint): void => {
    const handle = handlers[(next += 1) % Math.max(handlers.length, 1)]
    if (handle === undefined) {
      waiting.push(hint)
      return
    }
    // A refused hint comes again a moment later.
    void clock.track(handle([hint]).catch(() => void clock.schedule(1_000, () => deliver(hint))))
  }

  return {
    published,
    breakDown: () => void (mood = 'down'),
    loseAll: () => void (mood = 'losing'),
    repeatAll: () => void (mood = 'repeating'),
    mend: () => void (mood = 'well'),
    connect: () => ({
      promises: { redelivers: true, survivesProcess: true, carriesWork: true },
      publish: async (hints) => {
        if (mood === 'down') throw new Error('the broker is away, as planned by the test')
        published.push(...hints)
        if (mood === 'losing') return
        for (const hint of hints) deliver(hint)
        if (mood === 'repeating') for (const hint of hints) deliver(hint)
      },
      consume: async (handle) => {
        handlers.push(handle)
        for (const hint of waiting.splice(0)) deliver(hint)
        return async () => void handlers.splice(handlers.indexOf(handle), 1)
      },
      close: async () => undefined,
    }),
  }
}
