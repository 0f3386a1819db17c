import { expect, test } from 'vitest'
import type { HttpReply } from '../shared/http.ts'
import { classifyReply } from './outcome.ts'

const now = Date.UTC(2026, 10, 22, 5)
const answer = (status: number, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  ok: true,
  status,
  headers: new Headers(headers),
  body: '',
})
const judge = (reply: HttpReply, scope: 'recipient' | 'provider' = 'recipient', attempt = 0) =>
  classifyReply(reply, { webhookId: 'msg_1', now, attempt, scope })

test.each([200, 201, 202, 204, 299])('%i is success', (status) => {
  expect(judge(answer(status))).toEqual({ status: 'accepted', providerMessageId: 'msg_1' })
})

test.each([
  [301, 'retryable', 'permanent_config'],
  [302, 'retryable', 'permanent_config'],
  [307, 'retryable', 'permanent_config'],
  [308, 'retryable', 'permanent_config'],
  [400, 'permanent_content', 'permanent_content'],
  [401, 'retryable', 'permanent_config'],
  [403, 'retryable', 'permanent_config'],
  [404, 'retryable', 'permanent_config'],
  [405, 'retryable', 'permanent_config'],
  [408, 'retryable', 'retryable'],
  [409, 'retryable', 'retryable'],
  [410, 'permanent_recipient', 'permanent_recipient'],
  [413, 'permanent_content', 'permanent_content'],
  [415, 'permanent_content', 'permanent_content'],
  [422, 'permanent_content', 'permanent_content'],
  [425, 'retryable', 'retryable'],
  [429, 'rate_limited', 'rate_limited'],
  [451, 'retryable', 'permanent_config'],
  [500, 'retryable', 'retryable'],
  [502, 'retryable', 'retryable'],
  [503, 'retryable', 'retryable'],
  [504, 'retryable', 'retryable'],
] as const)('%i from one person’s endpoint is %s, from a common one %s', (status, own, common) => {
  expect(judge(answer(status)).status).toBe(own)
  expect(judge(answer(status), 'provider').status).toBe(common)
})

test('one person’s endpoint never speaks for the others', () => {
  const failures = Array.from({ length: 300 }, (_, index) =>
    judge(answer(300 + index, { 'retry-after': '5' })),
  )
  const scopes = new Set(failures.map((outcome) => outcome.status !== 'accepted' && outcome.scope))
  expect(scopes).toEqual(new Set(['recipient', 'message']))
})

test.each([
  [429, '7', 7_000],
  [502, '120', 120_000],
  [503, 'Sun, 22 Nov 2026 05:01:00 GMT', 60_000],
  [504, '999999999', 86_400_000],
])(
  'an overloaded endpoint (%i, Retry-After %s) is left alone for %i ms',
  (status, retryAfter, retryAfterMs) => {
    expect(judge(answer(status, { 'retry-after': retryAfter }))).toMatchObject({
      status: 'rate_limited',
      retryAfterMs,
    })
  },
)

test('failures are tried again after 5 s, 5 min, 30 min … 24 h', () => {
  const waits = Array.from({ length: 10 }, (_, attempt) => judge(answer(500), 'recipient', attempt))
  const minutes = waits.map((outcome) =>
    outcome.status === 'retryable' ? (outcome.retryAfterMs ?? 0) / 60_000 : 0,
  )
  expect(minutes).toEqual([1 / 12, 5, 30, 120, 300, 600, 840, 1_200, 1_440, 1_440])
})

test('what never left is tried again, what left without an answer may have arrived', () => {
  expect(judge({ ok: false, isSent: false, code: 'ECONNREFUSED' })).toMatchObject({
    status: 'retryable',
    scope: 'recipient',
    providerCode: 'ECONNREFUSED',
    retryAfterMs: 5_000,
  })
  expect(judge({ ok: false, isSent: true, code: undefined })).toEqual({
    status: 'unknown',
    scope: 'recipient',
    detail: 'the connection broke before the endpoint answered',
  })
})
