import { expect, test } from 'vitest'
import { storeClock } from './store-clock.ts'
import { virtualClock } from './testing/virtual-clock.ts'

function troubles() {
  const told: string[] = []
  return { told, log: { warn: (message: string) => void told.push(message), error: () => undefined } }
}

test('a machine whose clock is five minutes slow goes by the clock of the store', async () => {
  const own = virtualClock()
  const { told, log } = troubles()
  const clock = await storeClock(own, { now: async () => new Date(own.now() + 300_000) }, log)
  expect(clock.now()).toBe(own.now() + 300_000)
  expect(told).toHaveLength(1)
  clock.stop()
})

test('a small difference is left alone, and one that comes later is seen within a minute', async () => {
  const own = virtualClock()
  const { told, log } = troubles()
  let aheadMs = 200
  const clock = await storeClock(own, { now: async () => new Date(own.now() + aheadMs) }, log)
  expect(clock.now()).toBe(own.now())
  aheadMs = -90_000
  await own.advance('61s')
  expect(clock.now()).toBe(own.now() - 90_000)
  expect(told).toHaveLength(1)
  clock.stop()
})

test('a store that cannot be asked later changes nothing, and is asked again', async () => {
  const own = virtualClock()
  const { log } = troubles()
  let asked = 0
  const clock = await storeClock(
    own,
    {
      now: async () => {
        asked += 1
        if (asked === 2) throw new Error('away, as planned by the test')
        return new Date(own.now() + 60_000)
      },
    },
    log,
  )
  await own.advance('61s')
  expect(clock.now()).toBe(own.now() + 60_000)
  await own.advance('60s')
  expect(asked).toBe(3)
  clock.stop()
  await own.advance('5m')
  expect(asked).toBe(3)
})

test('an answer that took long says too little about the time to go by it', async () => {
  const own = virtualClock()
  const { log } = troubles()
  let isSlow = false
  const store = {
    now: async () => {
      if (isSlow) own.jump(3_000)
      return new Date(own.now() + (isSlow ? 500_000 : 0))
    },
  }
  const clock = await storeClock(own, store, log)
  isSlow = true
  await own.advance('61s')
  expect(clock.now()).toBe(own.now())
  clock.stop()
})
