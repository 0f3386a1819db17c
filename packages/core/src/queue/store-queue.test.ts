import { describe, test } from 'vitest'
import { queueContract } from '../testing/queue-contract.ts'
import { virtualClock } from '../testing/virtual-clock.ts'
import { storeQueue } from './store-queue.ts'

describe('the queue within the process', () => {
  queueContract({
    test,
    promises: { redelivers: false, survivesProcess: false, carriesWork: false },
    create: async () => {
      const clock = virtualClock()
      return { queue: storeQueue(clock), now: clock.now, pass: clock.advance }
    },
  })
})
