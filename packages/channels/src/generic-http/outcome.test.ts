import { describe, expect, test } from 'vitest'
import type { HttpReply } from '../shared/http.ts'
import { classifyReply, type ReplyDescription } from './outcome.ts'

const now = Date.UTC(2026, 10, 22, 5)
const plain: ReplyDescription = { success: {}, errors: [] }
const reply = (
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({
  ok: true,
  status,
  headers: new Headers(headers),
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const classify = (given: HttpReply, description: Partial<ReplyDescription> = {}) =>
  classifyReply(given, { ...plain, ...description }, { fallbackId: 'key-1', now })

test.each([
  [200, 'accepted'],
  [202, 'accepted'],
  [204, 'accepted'],
  [301, 'permanent_config'],
  [400, 'permanent_content'],
  [401, 'permanent_config'],
  [403, 'permanent_config'],
  [404, 'permanent_config'],
  [405, 'permanent_config'],
  [408, 'retryable'],
  [413, 'permanent_content'],
  [422, 'permanent_content'],
  [425, 'retryable'],
  [429, 'rate_limited'],
  [500, 'retryable'],
  [503, 'retryable'],
] as const)('where nothing is described, %i is %s', (status, expected) => {
  expect(classify(reply(status)).status).toBe(expected)
})

describe('success', () => {
  test('the id may be a text or a number anywhere in the answer, else the key is the id', () => {
    const at = (pointer: string, body: unknown) => classify(reply(200, body), { messageId: pointer })
    expect(at('/id', { id: 25 })).toEqual({ status: 'accepted', providerMessageId: '25' })
    expect(at('/messages/0/id', { messages: [{ id: 'm1' }] })).toMatchObject({ providerMessageId: 'm1' })
    for (const body of [{}, { id: '' }, { id: { x: 1 } }, { id: null }, 'not JSON', ''])
      expect(at('/id', body)).toEqual({ status: 'accepted', providerMessageId: 'key-1' })
  })

  test('a status and a value can be demanded', () => {
    const success = { status: [201], at: '/ok', equals: true }
    expect(classify(reply(201, { ok: true }), { success }).status).toBe('accepted')
    expect(classify(reply(201, { ok: 'true' }), { success }).status).toBe('permanent_content')
    expect(classify(reply(200, { ok: true }), { success }).status).toBe('permanent_content')
    expect(classify(reply(200, {}), { success: { at: '/id' } }).status).toBe('permanent_content')
    expect(classify(reply(200, { id: 0 }), { success: { at: '/id' } }).status).toBe('accepted')
  })
})

describe('the table of errors', () => {
  const errors = [
    { status: 200, at: '/code', equals: 7, outcome: 'rate_limited' },
    { at: '/code', equals: 'gone', outcome: 'permanent_recipient', detail: 'nobody has this number' },
    { at: '/code', equals: 'stop', outcome: 'opted_out' },
    { at: '/code', equals: 'key', outcome: 'permanent_config' },
    { at: '/code', equals: 'spam', outcome: 'permanent_content' },
    { at: '/code', equals: 'lost', outcome: 'unknown' },
    { status: 404, outcome: 'permanent_recipient' },
    { at: '/code', outcome: 'retryable' },
  ] as const
  test.each([
    [200, { code: 7 }, 'rate_limited', 'sender'],
    [400, { code: 7 }, 'retryable', 'provider'],
    [400, { code: 'gone' }, 'permanent_recipient', 'recipient'],
    [200, { code: 'stop' }, 'opted_out', 'recipient'],
    [500, { code: 'key' }, 'permanent_config', 'sender'],
    [400, { code: 'spam' }, 'permanent_content', 'message'],
    [200, { code: 'lost' }, 'unknown', 'provider'],
    [404, '', 'permanent_recipient', 'recipient'],
    [200, { code: 'never seen' }, 'retryable', 'provider'],
    [429, '', 'rate_limited', 'sender'],
  ] as const)('%i with %j is %s', (status, body, expected, scope) => {
    expect(classify(reply(status, body), { errors })).toMatchObject({ status: expected, scope })
  })

  test('a row may say in words what it means, and the code is kept', () => {
    expect(classify(reply(400, { code: 'gone' }), { errors, errorCode: '/code' })).toEqual({
      status: 'permanent_recipient',
      scope: 'recipient',
      providerCode: 'gone',
      detail: 'nobody has this number',
    })
  })
})

test('nothing the system writes is repeated, unless it looks like a code', () => {
  const at = (code: unknown) => JSON.stringify(classify(reply(400, { code }), { errorCode: '/code' }))
  expect(at('E-42')).toContain('"providerCode":"E-42"')
  for (const code of ['No such guest: ann@guests.test', 'x'.repeat(100), { a: 1 }, 'a\nb'])
    expect(at(code)).toContain('"providerCode":"400"')
})

test.each([
  [{ wait: 2 }, { at: '/wait', unit: 's' }, 2_000],
  [{ wait: 0.25 }, { at: '/wait', unit: 's' }, 250],
  [{ wait: '1500' }, { at: '/wait', unit: 'ms' }, 1_500],
  [{ wait: 1e9 }, { at: '/wait', unit: 's' }, 86_400_000],
  [{ wait: -1 }, { at: '/wait', unit: 's' }, 9_000],
  [{ wait: 'soon' }, { at: '/wait', unit: 's' }, 9_000],
  [{}, undefined, 9_000],
] as const)('the pause in %j, read by %j, is %s ms', (body, retryAfter, retryAfterMs) => {
  const limited = reply(429, body, { 'retry-after': '9' })
  expect(classify(limited, { retryAfter })).toMatchObject({ status: 'rate_limited', retryAfterMs })
})

test('without any word on it the pause is a minute', () => {
  expect(classify(reply(429))).toMatchObject({ retryAfterMs: 60_000 })
})

test('no answer is unknown once it has left', () => {
  expect(classify({ ok: false, isSent: true, code: 'ECONNRESET' }).status).toBe('unknown')
  expect(classify({ ok: false, isSent: false, code: 'ECONNREFUSED' }).status).toBe('retryable')
})
