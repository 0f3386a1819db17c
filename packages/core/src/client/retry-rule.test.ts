import { assert, property, constantFrom, double, integer, boolean, record, oneof, constant } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pauseBeforeRetry, readRetryAfter, type RetryState } from './retry-rule.ts'

const first: RetryState = {
  isRepeatable: true,
  tries: 1,
  retries: 3,
  troubledForMs: 0,
  patienceMs: 0,
  fraction: 0.5,
}
const refused = (status: number, retryAfterMs?: number) =>
  ({ kind: 'refused', status, retryAfterMs }) as const
const lost = { kind: 'unreachable' } as const

describe('pauseBeforeRetry', () => {
  it('tries a lost request again only when that does no harm', () => {
    expect(pauseBeforeRetry(lost, first)).toBeGreaterThan(0)
    expect(pauseBeforeRetry(lost, { ...first, isRepeatable: false })).toBeUndefined()
  })

  it('tries again whatever was counted and not done', () => {
    expect(pauseBeforeRetry(refused(429, 2_000), { ...first, isRepeatable: false })).toBe(2_000)
    expect(pauseBeforeRetry(refused(429, 120_000), first)).toBeUndefined()
  })

  it.each([400, 401, 403, 404, 409, 413, 422, 500, 507])('takes %i as the last word', (status) => {
    expect(pauseBeforeRetry(refused(status), first)).toBeUndefined()
  })

  it('sits out trouble of a wait for as long as patience lasts, however many tries that takes', () => {
    const waiting = { ...first, tries: 50, patienceMs: 300_000 }
    expect(pauseBeforeRetry(lost, { ...waiting, troubledForMs: 299_999 })).toBeGreaterThan(0)
    expect(pauseBeforeRetry(lost, { ...waiting, troubledForMs: 300_000 })).toBeUndefined()
  })

  it('never pauses longer than a minute, never without a pause, and always comes to an end', () => {
    const trouble = oneof(
      constant(lost),
      record({
        kind: constant('refused' as const),
        status: constantFrom(429, 500, 502, 503, 504),
        retryAfterMs: oneof(constant(undefined), integer({ min: 0, max: 10_000_000 })),
      }),
    )
    const state = record({
      isRepeatable: boolean(),
      tries: integer({ min: 1, max: 10_000 }),
      retries: integer({ min: 0, max: 10 }),
      troubledForMs: integer({ min: 0, max: 1_000_000 }),
      patienceMs: constantFrom(0, 300_000),
      fraction: double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    })
    assert(
      property(trouble, state, (what, how) => {
        const pauseMs = pauseBeforeRetry(what, how)
        const isOver = how.tries > how.retries && how.troubledForMs >= how.patienceMs
        if (isOver) expect(pauseMs).toBeUndefined()
        if (pauseMs === undefined) return
        expect(pauseMs).toBeGreaterThanOrEqual(125)
        expect(pauseMs).toBeLessThanOrEqual(60_000)
      }),
    )
  })
})

describe('readRetryAfter', () => {
  const now = Date.parse('2026-01-05T09:00:00Z')

  it.each([
    ['30', 30_000],
    ['0', 0],
    ['Mon, 05 Jan 2026 09:01:00 GMT', 60_000],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
    ['soon', undefined],
    ['-5x', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads %j', (header, expected) => {
    expect(readRetryAfter(header, now)).toBe(expected)
  })
})
