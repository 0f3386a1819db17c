import { systemClock } from '@invite-me/core'
import { expect, test } from 'vitest'
import { Connections } from './connections.ts'
import { defaultLimits } from './live-limits.ts'

test('closing without a connection waits for nobody, and keeps no process alive', async () => {
  const waits: number[] = []
  const connections = new Connections({
    clock: {
      ...systemClock,
      schedule: (ms) => {
        waits.push(ms)
        return () => undefined
      },
    },
    log: { warn: () => undefined, error: () => undefined },
    limits: defaultLimits,
    identify: async () => undefined,
  })
  await connections.close(3_000)
  expect(waits).toEqual([])
})
