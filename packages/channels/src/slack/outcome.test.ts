import { expect, test } from 'vitest'
import { readSlackReply } from './outcome.ts'

const noon = Date.UTC(2026, 10, 22, 12)
const read = (status: number, body: object | string, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reading = readSlackReply({ ok: true, status, headers: new Headers(headers), body: text }, noon)
  return reading.ok ? { status: 'ok' } : reading.failure
}

test.each([
  ['channel_not_found', 'permanent_recipient'],
  ['user_not_found', 'permanent_recipient'],
  ['is_archived', 'permanent_recipient'],
  ['not_in_channel', 'permanent_recipient'],
  ['cannot_dm_bot', 'permanent_recipient'],
  ['user_disabled', 'permanent_recipient'],
  ['account_inactive', 'permanent_config'],
  ['token_revoked', 'permanent_config'],
  ['invalid_auth', 'permanent_config'],
  ['not_authed', 'permanent_config'],
  ['missing_scope', 'permanent_config'],
  ['msg_too_long', 'permanent_content'],
  ['no_text', 'permanent_content'],
  ['invalid_blocks', 'permanent_content'],
  ['message_not_found', 'permanent_content'],
  ['cant_update_message', 'permanent_content'],
  ['ratelimited', 'rate_limited'],
  ['rate_limited', 'rate_limited'],
  ['fatal_error', 'unknown'],
  ['internal_error', 'unknown'],
  ['service_unavailable', 'retryable'],
  // Slack keeps adding errors; one nobody has seen yet ends this message here, and the next route is tried.
  ['brand_new_error', 'permanent_content'],
])('ok:false with %s is %s', (error, status) => {
  expect(read(200, { ok: false, error })).toMatchObject({ status, providerCode: error })
})

test.each([
  [500, '', 'retryable'],
  [503, 'no healthy upstream', 'retryable'],
  [404, '<h1>Not found</h1>', 'permanent_config'],
  [200, '<h1>Welcome</h1>', 'permanent_config'],
  [302, '', 'permanent_config'],
])('status %i with "%s" is %s', (status, body, expected) => {
  expect(read(status, body)).toMatchObject({ status: expected, scope: 'provider' })
})

test.each([
  ['fatal_error', 'unknown'],
  ['internal_error', 'unknown'],
  ['service_unavailable', 'retryable'],
  ['brand_new_error', 'retryable'],
])('%s says more than the status 500 it comes with: %s', (error, status) => {
  expect(read(500, { ok: false, error })).toMatchObject({ status, providerCode: error })
})

test.each([
  [{ 'retry-after': '30' }, 30_000],
  [{ 'retry-after': 'Sun, 22 Nov 2026 12:01:00 GMT' }, 60_000],
  [{ 'retry-after': '0' }, 1],
  [{ 'retry-after': 'soon' }, 1_000],
  [{}, 1_000],
])('a pause asked for by %j is %i ms, for the whole app', (headers, retryAfterMs) => {
  expect(read(429, { ok: false, error: 'ratelimited' }, headers)).toMatchObject({
    status: 'rate_limited',
    scope: 'sender',
    retryAfterMs,
  })
})

test('what the provider wrote is not repeated, however it looks', () => {
  const outcome = read(200, { ok: false, error: 'channel_not_found\nU0123ABCD <b>' })
  expect(JSON.stringify(outcome)).not.toMatch(/U0123ABCD|<b>/)
})
