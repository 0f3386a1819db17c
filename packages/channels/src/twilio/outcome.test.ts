import type { OutcomeClass } from '@invite-me/core/channel'
import { expect, test } from 'vitest'
import { classifyCode, classifyReply, wantsTemplate } from './outcome.ts'

const nowMs = Date.UTC(2026, 10, 22, 5, 0)
const judging = { nowMs, errorClasses: {} }
const reply = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  classifyReply(
    {
      ok: true,
      status,
      headers: new Headers(headers),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
    judging,
  )

const codes: Readonly<Partial<Record<OutcomeClass, readonly number[]>>> = {
  rate_limited: [20429, 14107, 21611, 30001, 30022, 63017, 63018, 30023, 30027, 63038],
  retryable: [20500, 20503, 30003, 30008, 30017, 30020, 30021, 30410, 63009, 63010, 63012],
  permanent_recipient: [21211, 21214, 21217, 21612, 21614, 30004, 30005, 30006, 63003, 63024, 63033, 63036],
  opted_out: [21610, 63014],
  permanent_config: [
    20003, 20005, 20006, 20403, 20404, 90010, 21212, 21603, 21606, 21607, 21609, 21657, 21701, 21702, 21703,
    21704, 21705, 21712, 30002, 30018, 30024, 30028, 30032, 30033, 30034, 30035, 63001, 63002, 63007, 63020,
    63022, 63051,
  ],
  permanent_content: [
    // These speak of one country or one person, and must not stop the messages to everybody else.
    21408, 21608, 63015, 63032, 63016, 63027, 63028, 63040, 63041, 63042, 21602, 21617, 21618, 21620, 21623,
    21656, 30007, 30019, 30036, 63005, 63013, 63019, 63021, 63031, 63034,
  ],
}

test.each(Object.entries(codes).flatMap(([status, list]) => list.map((code) => [code, status] as const)))(
  '%i is %s, at once and in a report',
  (code, status) => {
    const later = classifyCode(code, judging)
    expect(later).toMatchObject({
      status,
      providerCode: String(code),
      detail: expect.stringMatching(/^[A-Z].*\.$/),
    })
    expect(reply(400, { code, message: 'secret words', status: 400 })).toEqual(later)
    expect(JSON.stringify(later)).not.toContain('secret words')
  },
)

test.each([
  [21999, 'permanent_content'],
  [30999, 'permanent_content'],
  [63999, 'permanent_content'],
] as const)('%i, which is not known, is %s', (code, status) => {
  expect(classifyCode(code, judging)).toMatchObject({ status, providerCode: String(code) })
})

test.each([
  [429, 'rate_limited'],
  [500, 'retryable'],
  [503, 'retryable'],
  [408, 'retryable'],
  [502, 'unknown'],
  [504, 'unknown'],
  [401, 'permanent_config'],
  [403, 'permanent_config'],
  [404, 'permanent_config'],
  [301, 'permanent_config'],
  [400, 'permanent_content'],
  [413, 'permanent_content'],
  [201, 'unknown'],
] as const)('HTTP %i without a code is %s', (status, outcome) => {
  for (const body of ['', '<html>', {}, { code: 99_999 }, { code: 'x' }])
    expect(reply(status, body)).toMatchObject({ status: outcome, providerCode: String(status) })
})

test.each([
  ['7', 7_000],
  ['0', 1],
  ['Sun, 22 Nov 2026 05:01:00 GMT', 60_000],
  ['soon', 1_000],
])('Retry-After %s is a pause of %i ms', (text, retryAfterMs) => {
  expect(reply(429, { code: 20429 }, { 'retry-after': text })).toMatchObject({
    status: 'rate_limited',
    retryAfterMs,
  })
})

test('what a day has too many of waits for the next, which begins at 8:00 UTC', () => {
  expect(classifyCode(30023, judging)).toMatchObject({ retryAfterMs: 3 * 3_600_000 })
  const afterwards = { ...judging, nowMs: Date.UTC(2026, 10, 22, 9, 0) }
  expect(classifyCode(63038, afterwards)).toMatchObject({ retryAfterMs: 23 * 3_600_000 })
})

test('a phone that is switched off is tried again after an hour', () => {
  expect(classifyCode(30003, judging)).toMatchObject({ scope: 'recipient', retryAfterMs: 3_600_000 })
})

test('the host app may know better', () => {
  const errorClasses = { '30008': 'permanent_recipient', '12345': 'retryable', '21610': 'opted_out' } as const
  const told = (code: number) => classifyCode(code, { nowMs, errorClasses })
  expect(told(30008)).toMatchObject({
    status: 'permanent_recipient',
    scope: 'recipient',
    providerCode: '30008',
  })
  expect(told(12_345)).toMatchObject({ status: 'retryable', scope: 'provider' })
  expect(told(21_610)).toEqual(classifyCode(21_610, judging))
  for (const given of ['rate_limited', 'opted_out', 'permanent_config', 'permanent_content'] as const)
    expect(classifyCode(30_008, { nowMs, errorClasses: { '30008': given } })).toMatchObject({ status: given })
})

test('only a closed window is opened by a template', () => {
  expect(wantsTemplate(classifyCode(63016, judging) ?? { status: 'accepted' })).toBe(true)
  expect(wantsTemplate(classifyCode(63027, judging) ?? { status: 'accepted' })).toBe(false)
})
