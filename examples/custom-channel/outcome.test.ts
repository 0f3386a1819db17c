import { expect, test } from 'vitest'
import { classifyReply, classifyTrouble } from './outcome.ts'

const noon = Date.UTC(2026, 10, 22, 12)
const classify = (status: number, code?: number, retryAfter: string | null = null) =>
  classifyReply(
    { status, body: code === undefined ? '<h1>Welcome</h1>' : JSON.stringify({ code }), retryAfter },
    noon,
  )

test.each([
  [200, undefined, 'permanent_config'],
  [301, undefined, 'permanent_config'],
  [400, 40009, 'permanent_recipient'],
  [400, 40010, 'permanent_recipient'],
  [400, 40018, 'permanent_content'],
  [401, 40101, 'permanent_config'],
  [403, 40301, 'permanent_config'],
  [404, undefined, 'permanent_config'],
  [408, undefined, 'retryable'],
  [413, 41303, 'permanent_content'],
  [500, 50001, 'retryable'],
  [502, undefined, 'retryable'],
  [507, 50701, 'retryable'],
])('status %i with code %s is %s', (status, code, expected) => {
  expect(classify(status, code).status).toBe(expected)
})

test.each([
  [42901, null, 5_000],
  [42901, '30', 30_000],
  [42901, 'Sun, 22 Nov 2026 12:01:00 GMT', 60_000],
  [42901, 'soon', 5_000],
  [42901, '999999999', 86_400_000],
  // The day's messages come back at midnight UTC.
  [42908, null, 12 * 3_600_000],
])('too many (%i) with Retry-After %s waits %i ms', (code, retryAfter, retryAfterMs) => {
  expect(classify(429, code, retryAfter)).toMatchObject({ status: 'rate_limited', retryAfterMs })
})

test('an id in the answer is the message’s', () => {
  const body = JSON.stringify({ id: 'hwQ2YpKdmg', event: 'message' })
  expect(classifyReply({ status: 200, body, retryAfter: null }, noon)).toEqual({
    status: 'accepted',
    providerMessageId: 'hwQ2YpKdmg',
  })
})

test.each([
  ['ECONNREFUSED', 'retryable'],
  ['ENOTFOUND', 'retryable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'retryable'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'retryable'],
  ['ECONNRESET', 'unknown'],
  ['UND_ERR_SOCKET', 'unknown'],
  ['UND_ERR_HEADERS_TIMEOUT', 'unknown'],
])('a connection that fails with %s is %s', (code, status) => {
  const cause = Object.assign(new Error('it broke'), { code })
  expect(classifyTrouble(new TypeError('fetch failed', { cause })).status).toBe(status)
})
