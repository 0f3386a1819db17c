import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outcomeClassSchema } from '../model/outcome.ts'
import { readOutcome } from './read-outcome.ts'

const day = 86_400_000

test.each([
  [{ status: 'accepted', providerMessageId: '1', delivered: true }],
  [{ status: 'retryable', scope: 'recipient', retryAfterMs: 5, providerCode: '421', detail: 'later' }],
  [{ status: 'rate_limited', scope: 'sender', retryAfterMs: 7 }],
  [{ status: 'permanent_config', scope: 'sender' }],
  [{ status: 'unknown', scope: 'message' }],
])('what keeps to its type stays as it is: %j', (outcome) => {
  expect(readOutcome(outcome)).toEqual(outcome)
})

test.each([[undefined], [null], ['accepted'], [7], [{}], [{ status: 'weird' }], [[]]])(
  '%j tells nothing',
  (value) => {
    expect(readOutcome(value)).toBeUndefined()
  },
)

test.each([
  [{ retryAfterMs: Infinity }, day],
  [{ retryAfterMs: 1e300 }, day],
  [{ retryAfterMs: -5 }, 0],
  [{ retryAfterMs: 1.2 }, 2],
  [{ retryAfterMs: Number.NaN }, 60_000],
  [{ retryAfterMs: '5' }, 60_000],
  [{}, 60_000],
])('a pause of %j is %d ms', (said, retryAfterMs) => {
  expect(readOutcome({ status: 'rate_limited', scope: 'sender', ...said })).toMatchObject({ retryAfterMs })
})

test('numbers become text, other things are left out, and lines are cut and cleaned', () => {
  expect(readOutcome({ status: 'accepted', providerMessageId: 12 })).toEqual({
    status: 'accepted',
    providerMessageId: '12',
  })
  expect(readOutcome({ status: 'accepted', providerMessageId: { a: 1 } })).toEqual({ status: 'accepted' })
  const said = { status: 'retryable', scope: 'nobody', providerCode: 'a\r\nb', detail: 'x'.repeat(9_999) }
  expect(readOutcome(said)).toEqual({
    status: 'retryable',
    scope: 'provider',
    providerCode: 'a b',
    detail: 'x'.repeat(500),
  })
})

test('whatever an adapter returns, the outcome can be written down', () => {
  const status = fc.constantFrom(...outcomeClassSchema.options)
  const said = fc.record({ status, scope: fc.anything(), retryAfterMs: fc.anything(), detail: fc.anything() })
  fc.assert(
    fc.property(said, (value) => {
      const outcome = readOutcome(value)
      expect(outcome?.status).toBe(value.status)
      expect(() => JSON.stringify(outcome)).not.toThrow()
      const pauseMs = outcome !== undefined && 'retryAfterMs' in outcome ? outcome.retryAfterMs : 0
      expect(pauseMs).toBeGreaterThanOrEqual(0)
      expect(pauseMs).toBeLessThanOrEqual(day)
    }),
  )
})
