import { signatureHeaders } from '@invite-me/core/channel'
import { describe, expect, test } from 'vitest'
import { secretSchema } from './keys.ts'
import { receiveAnswer } from './receive.ts'

const now = Date.UTC(2026, 10, 22, 5)
const token = '7h2k9qsampletoken4d8w3e6r5'
const keys = { secrets: [secretSchema.parse('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')], publicKeys: [] }

function signed(text: string, { id = 'msg_1' } = {}): Request {
  const body = new TextEncoder().encode(text)
  const signing = { secrets: keys.secrets, privateKeys: [] }
  const headers = { ...signatureHeaders({ id, timestamp: now / 1_000, body }, signing) }
  return new Request('https://app.guests.test/hooks/webhook', { method: 'POST', headers, body })
}
const receive = (payload: unknown, options?: { readonly id?: string }) =>
  receiveAnswer(signed(typeof payload === 'string' ? payload : JSON.stringify(payload), options), keys, now)

test.each([
  [{ value: 'yes' }, { kind: 'option', value: 'yes' }],
  [{ value: true }, { kind: 'value', value: true }],
  [{ value: 3 }, { kind: 'value', value: 3 }],
  [{ value: ['tea', 'wine'] }, { kind: 'value', value: ['tea', 'wine'] }],
  [{ value: { name: 'Ann' } }, { kind: 'value', value: { name: 'Ann' } }],
  [{ value: null }, { kind: 'value', value: null }],
  [{ text: 'Yes, gladly!' }, { kind: 'text', text: 'Yes, gladly!' }],
])('%j answers', async (given, input) => {
  expect(await receive({ type: 'answer', data: { token, ...given } })).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      at: new Date(now),
      kind: 'answer',
      reference: { by: 'token', token },
      input,
    },
  ])
})

test('the same webhook again is the same fact, another one is another', async () => {
  const answer = { type: 'answer', data: { token, value: 'yes' } }
  const ids = async (id: string) => (await receive(answer, { id })).map((fact) => fact.id)
  expect(await ids('msg_1')).toEqual(await ids('msg_1'))
  expect(await ids('msg_1')).not.toEqual(await ids('msg_2'))
})

describe('signed, but of no use', () => {
  test.each([
    'null',
    '[]',
    '{}',
    'not JSON',
    '"answer"',
    { type: 'invitation.asked', data: { token, value: 'yes' } },
    { type: 'answer' },
    { type: 'answer', data: null },
    { type: 'answer', data: { value: 'yes' } },
    { type: 'answer', data: { token: 'short', value: 'yes' } },
    { type: 'answer', data: { token } },
    { type: 'answer', data: { token, value: 'yes', text: 'No' } },
    { type: 'answer', data: { token, value: 'yes', from: 'somebody@else.test' } },
    { type: 'answer', data: { token, text: 'x'.repeat(20_001) } },
    { type: 'answer', data: { token, text: 7 } },
  ])('%j', async (payload) => {
    expect(await receive(payload)).toMatchObject([{ kind: 'ignored' }])
  })
})

test('an event we sent, sent back to us, is no answer', async () => {
  const ours = {
    type: 'invitation.asked',
    timestamp: '2026-11-22T05:00:00Z',
    data: { replyToken: token, text: 'Yes' },
  }
  expect(await receive(ours)).toMatchObject([{ kind: 'ignored' }])
})

test('what nobody signed is refused before it is read', async () => {
  const request = new Request('https://app.guests.test/hooks/webhook', { method: 'POST', body: '{' })
  await expect(receiveAnswer(request, keys, now)).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED' })
  await expect(receiveAnswer(signed('{}'), { secrets: [], publicKeys: [] }, now)).rejects.toMatchObject({
    code: 'WEBHOOK_REFUSED',
  })
})

test('a body without end is not read to its end', async () => {
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
  })
  const request = new Request('https://app.guests.test/', { method: 'POST', body, duplex: 'half' })
  await expect(receiveAnswer(request, keys, now)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
})
