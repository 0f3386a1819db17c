import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgePost, webhookPolicy, whyDisabled, type PostEnd } from './webhook-retry.ts'

const answered = (status: number, retryAfterMs?: number): PostEnd => ({
  kind: 'answered',
  status,
  retryAfterMs,
})
const silent: PostEnd = { kind: 'silent', reason: 'no answer in time' }
/** No longer and no shorter than the schedule says. */
const exact = 0.5

test.each([200, 201, 202, 204, 299])('%i is success', (status) => {
  expect(judgePost(answered(status), 1, exact)).toEqual({ state: 'delivered' })
})

test.each([199, 300, 302, 400, 401, 404, 409, 413, 422, 429, 500, 503, 599])(
  '%i is tried again',
  (status) => {
    expect(judgePost(answered(status), 1, exact)).toEqual({
      state: 'pending',
      inMs: 5_000,
      error: `the endpoint answered ${String(status)}`,
    })
  },
)

test('410 is the end', () => {
  expect(judgePost(answered(410), 1, exact)).toMatchObject({ state: 'failed' })
})

test('silence is tried again ten times in about three days, and then no more', () => {
  const verdicts = Array.from({ length: 10 }, (_, index) => judgePost(silent, index + 1, exact))
  const pauses = verdicts.map((verdict) => (verdict.state === 'pending' ? verdict.inMs : Infinity))
  expect(pauses).toEqual([...webhookPolicy.pausesMs, Infinity])
  expect(verdicts.at(-1)).toEqual({ state: 'failed', error: 'no answer in time' })
  const days = pauses.slice(0, -1).reduce((sum, pause) => sum + pause, 0) / 86_400_000
  expect(days).toBeGreaterThan(3)
  expect(days).toBeLessThan(webhookPolicy.patienceMs / 86_400_000)
})

test('an endpoint that asks for a longer pause gets it, one that asks for a shorter one does not', () => {
  expect(judgePost(answered(429, 60_000), 1, exact)).toMatchObject({ inMs: 60_000 })
  expect(judgePost(answered(503, 1), 2, exact)).toMatchObject({ inMs: 300_000 })
})

test('pauses are spread over a fifth of their length, whatever the try', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (tries, fraction) => {
        const verdict = judgePost(silent, tries, fraction)
        const middle = webhookPolicy.pausesMs[tries - 1] ?? 0
        if (verdict.state !== 'pending') throw new Error('a further try is expected')
        expect(verdict.inMs / middle).toBeGreaterThanOrEqual(0.9)
        expect(verdict.inMs / middle).toBeLessThanOrEqual(1.1)
      },
    ),
  )
})

test('after five days of nothing but failure an endpoint is told no more', () => {
  const day = 86_400_000
  expect(whyDisabled(0, 5 * day - 1)).toBeUndefined()
  expect(whyDisabled(0, 5 * day)).toBe('every post failed since 1970-01-01T00:00:00.000Z')
})
