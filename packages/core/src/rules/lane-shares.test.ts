import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lanes, type Lane } from '../model/lane.ts'
import { bookEmpty, noCredits, shareSlots, type LaneCredits } from './lane-shares.ts'

/** Runs rounds against lanes with endless (true) or no work; returns what each lane got. */
function run(hasWork: Readonly<Record<Lane, boolean>>, slots: number, rounds: number): Record<Lane, number> {
  const got: Record<Lane, number> = { ...noCredits }
  let credits: LaneCredits = noCredits
  for (let round = 0; round < rounds; round += 1) {
    const shared = shareSlots(credits, slots)
    credits = shared.credits
    let left = slots
    const give = (lane: Lane, count: number) => {
      got[lane] += count
      left -= count
    }
    for (const lane of lanes) {
      if (hasWork[lane]) give(lane, shared.quota[lane])
      else if (shared.quota[lane] > 0) credits = bookEmpty(credits, lane)
    }
    for (const lane of lanes) if (hasWork[lane]) give(lane, left)
  }
  return got
}

const all = { 1: true, 2: true, 3: true, 4: true, 5: true, 6: true }
const onlyLast = { 1: false, 2: false, 3: false, 4: false, 5: false, 6: true }

test('while every lane has work each gets its weight, the last too', () => {
  const got = run(all, 1, 6_300)
  expect(got[6]).toBeGreaterThanOrEqual(90)
  expect(got[1]).toBeGreaterThan(got[2])
  expect(got[2]).toBeGreaterThan(got[6])
})

test('a lane alone gets everything', () => {
  expect(run(onlyLast, 10, 100)[6]).toBe(1_000)
})

test('the last lane moves while a busy one is beside it, and while the others are empty', () => {
  expect(run({ ...onlyLast, 2: true }, 1, 1_000)[6]).toBeGreaterThan(10)
})

test('an empty lane saves nothing up: when its work comes it gets its share, not a burst', () => {
  let credits: LaneCredits = noCredits
  for (let round = 0; round < 1_000; round += 1) {
    const shared = shareSlots(credits, 63)
    credits = lanes.reduce((sum, lane) => bookEmpty(sum, lane), shared.credits)
  }
  expect(shareSlots(credits, 63).quota).toEqual({ 1: 32, 2: 16, 3: 8, 4: 4, 5: 2, 6: 1 })
})

test('for any slots no more is asked for than is owed, and every lane with work moves', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), (slots) => {
      const got = run(all, slots, 200)
      expect(Object.values(got).reduce((sum, count) => sum + count, 0)).toBe(slots * 200)
      expect(lanes.every((lane) => got[lane] > 0)).toBe(true)
    }),
  )
})
