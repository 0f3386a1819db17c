import fc from 'fast-check'
import { expect, test } from 'vitest'
import { policiesSchema } from '../model/policies.ts'
import { backoffMs, mayRetry } from './retry.ts'

const policy = policiesSchema.parse({}).retry

test('the wait doubles from a second, at most, and is spread over all of it', () => {
  expect([1, 2, 3, 4].map((tries) => backoffMs(policy, tries, 0.999_999))).toEqual([
    1_000, 2_000, 4_000, 8_000,
  ])
  expect(backoffMs(policy, 4, 0)).toBe(1)
})

test('for any number of tries the wait is at least what the provider asked and at most the longest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      fc.nat({ max: 10 ** 7 }),
      (tries, fraction, asked) => {
        const wait = backoffMs(policy, tries, fraction, asked)
        expect(wait).toBeGreaterThanOrEqual(Math.max(1, asked))
        expect(wait).toBeLessThanOrEqual(Math.max(policy.mostMs, asked))
      },
    ),
  )
})

test('many failures at once do not come back as one wave', () => {
  const waits = Array.from({ length: 10_000 }, (_, index) => backoffMs(policy, 5, index / 10_000))
  const perSecond = Object.values(Object.groupBy(waits, (wait) => String(Math.floor(wait / 1_000)))).map(
    (group) => group?.length ?? 0,
  )
  expect(Math.max(...perSecond) / (waits.length / perSecond.length)).toBeLessThanOrEqual(2)
})

test('a route is left after its tries or its time, whichever is first', () => {
  expect(mayRetry(policy, policy.tries - 1, 0, 1)).toBe(true)
  expect(mayRetry(policy, policy.tries, 0, 1)).toBe(false)
  expect(mayRetry(policy, 1, 0, policy.withinMs)).toBe(false)
})
