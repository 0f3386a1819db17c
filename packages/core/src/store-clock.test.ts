import { expect, test } from 'vitest'
import { createInviteMe } from './invite-me.ts'
import { storeClock } from './store-clock.ts'
import { sqlite } from './store/sqlite.ts'
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

test('an answer that took long moves the clock only as far as is certain', async () => {
  const own = virtualClock()
  const { log } = troubles()
  const store = { aheadMs: 0, now: async () => new Date(own.now() + 3_000 + store.aheadMs) }
  /** The store looks at its clock just before it answers, after three seconds. */
  const slow = { now: () => store.now().finally(() => own.jump(3_000)) }
  const clock = await storeClock(own, slow, log)
  expect(clock.now()).toBe(own.now())
  store.aheadMs = -2_000
  await own.advance('61s')
  expect(clock.now()).toBe(own.now())
  store.aheadMs = 300_000
  await own.advance('65s')
  expect(clock.now()).toBe(own.now() + 300_000)
  clock.stop()
})

test('a clock that is set back while the store is asked is not corrected by that answer', async () => {
  const own = virtualClock()
  const { log } = troubles()
  const store = {
    now: async () => {
      const truth = new Date(own.now())
      own.jump(-600_000)
      return truth
    },
  }
  const clock = await storeClock(own, store, log)
  expect(clock.now()).toBe(own.now())
  clock.stop()
})

test('an engine that was given no clock goes by the clock of its store', async () => {
  const { told, log } = troubles()
  const { open } = sqlite(':memory:')
  const store = { open: async () => ({ ...(await open()), now: async () => new Date(Date.now() - 300_000) }) }
  const inviteMe = await createInviteMe({ store, channels: [], dispatch: false, log })
  expect(told).toHaveLength(1)
  await inviteMe.stop()
})
