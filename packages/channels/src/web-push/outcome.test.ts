import { describe, expect, test } from 'vitest'
import type { HttpReply } from '../shared/http.ts'
import { classifyPush, keyStanding } from './outcome.ts'

const now = Date.UTC(2026, 10, 22, 5)
const reply = (status: number, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  ok: true,
  status,
  headers: new Headers(headers),
  body: '',
})
const judge = (given: HttpReply, isKeyProven = false) =>
  classifyPush(given, { messageId: 'key-1', now, isKeyProven })

test.each([
  [200, 'accepted'],
  [201, 'accepted'],
  [202, 'accepted'],
  [307, 'permanent_config'],
  [400, 'permanent_config'],
  [401, 'permanent_config'],
  [403, 'permanent_config'],
  [404, 'permanent_recipient'],
  [405, 'permanent_config'],
  [406, 'rate_limited'],
  [408, 'retryable'],
  [410, 'permanent_recipient'],
  [413, 'permanent_content'],
  [429, 'rate_limited'],
  [500, 'retryable'],
  [502, 'retryable'],
  [503, 'retryable'],
] as const)('%i is %s', (status, expected) => {
  expect(judge(reply(status)).status).toBe(expected)
})

test.each([
  [429, '7', 7_000],
  [429, undefined, 60_000],
  [406, undefined, 60_000],
])('%i with Retry-After %s pauses this browser for %i ms', (status, retryAfter, retryAfterMs) => {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  expect(judge(reply(status, headers))).toMatchObject({
    status: 'rate_limited',
    scope: 'recipient',
    retryAfterMs,
  })
})

test('a service that is out of order is asked again when it says, and blames no other service', () => {
  expect(judge(reply(503, { 'retry-after': '120' }))).toMatchObject({
    scope: 'recipient',
    retryAfterMs: 120_000,
  })
  expect(judge({ ok: false, isSent: false, code: 'ENOTFOUND' })).toMatchObject({
    status: 'retryable',
    scope: 'recipient',
  })
  expect(judge({ ok: false, isSent: true, code: undefined })).toMatchObject({
    status: 'unknown',
    scope: 'recipient',
  })
})

describe('a refusal of the key', () => {
  test('is about the subscription where the service took our key before', () => {
    expect(judge(reply(403), true)).toMatchObject({ status: 'permanent_content', scope: 'message' })
  })

  test('a service proves our key by taking a message, until it refuses three in a row', () => {
    const standing = keyStanding()
    const told = [403, 201, 403, 401, 201, 403, 400, 401, 403, 201].map((status) => {
      const proven = standing.isProven('fcm.googleapis.com')
      standing.book('fcm.googleapis.com', status)
      return proven
    })
    expect(told).toEqual([false, false, true, true, true, true, true, true, false, false])
    expect(standing.isProven('fcm.googleapis.com')).toBe(true)
    expect(standing.isProven('web.push.apple.com')).toBe(false)
  })
})
