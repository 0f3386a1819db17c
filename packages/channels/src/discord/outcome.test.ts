import { expect, test } from 'vitest'
import { readDiscordReply } from './outcome.ts'

const noon = Date.UTC(2026, 10, 22, 12)
const read = (status: number, body: object | string = '', headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reading = readDiscordReply({ ok: true, status, headers: new Headers(headers), body: text }, noon)
  return reading.ok ? { status: 'ok' } : reading.failure
}

test.each([
  [403, 50_007, 'permanent_recipient'],
  [403, 50_278, 'permanent_recipient'],
  [404, 10_003, 'permanent_recipient'],
  [404, 10_013, 'permanent_recipient'],
  [400, 50_033, 'permanent_recipient'],
  // Speaks of one channel of one server: everybody else can still be written to.
  [403, 50_001, 'permanent_recipient'],
  [403, 50_009, 'permanent_recipient'],
  [403, 50_013, 'permanent_recipient'],
  [403, 40_001, 'permanent_config'],
  [401, 50_014, 'permanent_config'],
  [400, 50_035, 'permanent_content'],
  [400, 50_006, 'permanent_content'],
  [413, 40_005, 'permanent_content'],
  [403, 200_000, 'permanent_content'],
  [404, 10_008, 'permanent_content'],
  [503, 130_000, 'retryable'],
  // Slow mode, and conversations opened too fast: limits, whatever their status.
  [400, 20_016, 'rate_limited'],
  [403, 40_003, 'rate_limited'],
  // New codes come with every year; what they mean is told by the status alone.
  [400, 999_999, 'permanent_content'],
  [403, 999_999, 'permanent_config'],
])('status %i with code %i is %s', (status, code, expected) => {
  expect(read(status, { code, message: 'text for people' })).toMatchObject({
    status: expected,
    providerCode: `${String(status)} ${String(code)}`,
  })
})

test.each([
  [401, { code: 0, message: '401: Unauthorized' }, 'permanent_config'],
  [403, '<html>', 'permanent_config'],
  [400, '', 'permanent_content'],
  [404, '<html>', 'permanent_config'],
  [302, '', 'permanent_config'],
  [500, '', 'retryable'],
  [502, '<html>', 'retryable'],
])('status %i with %j is %s', (status, body, expected) => {
  expect(read(status, body)).toMatchObject({ status: expected, providerCode: String(status) })
})

test.each([
  ['one conversation', { retry_after: 1.337, global: false }, {}, 'recipient', 1_337],
  ['the whole bot', { retry_after: 0.25, global: true }, {}, 'sender', 250],
  ['the whole bot, told by a header', { retry_after: 2 }, { 'x-ratelimit-scope': 'global' }, 'sender', 2_000],
  ['a ban of the address, which has no body', '<html>', { 'retry-after': '600' }, 'sender', 600_000],
  ['nothing at all', '', {}, 'sender', 5_000],
  ['a pause of nothing', { retry_after: 0 }, {}, 'recipient', 1],
])('too many for %s', (_name, body, headers, scope, retryAfterMs) => {
  expect(read(429, body, headers)).toMatchObject({ status: 'rate_limited', scope, retryAfterMs })
})
