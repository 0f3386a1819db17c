import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullBucket, refill, take, untilNextToken } from './rate-bucket.ts'

const rate = { count: 30, perMs: 1_000 }

test('a burst is as large as one period, then it is even', () => {
  const empty = take(fullBucket(rate, 0), 30)
  expect(Math.floor(refill(empty, rate, 0).tokens)).toBe(0)
  expect(Math.floor(refill(empty, rate, 500).tokens)).toBe(15)
  expect(Math.floor(refill(empty, rate, 60_000).tokens)).toBe(30)
  expect(untilNextToken(empty, rate)).toBe(34)
})

test('a clock that jumps back refills nothing and harms nothing', () => {
  const empty = take(fullBucket(rate, 10_000), 30)
  expect(refill(empty, rate, 0).tokens).toBe(0)
})

test('over any stretch no more than the burst and the flow are given', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 400 }), { maxLength: 60 }), (steps) => {
      let bucket = fullBucket(rate, 0)
      let now = 0
      let given = 0
      for (const step of steps) {
        now += step
        bucket = refill(bucket, rate, now)
        const count = Math.floor(bucket.tokens)
        given += count
        bucket = take(bucket, count)
      }
      expect(given).toBeLessThanOrEqual(rate.count + (now * rate.count) / rate.perMs)
    }),
  )
})
