import type { Channel, MessageEdit } from '@invite-me/core/channel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { startWebhookEndpoint, type WebhookEndpoint } from '../../../tests/peers/webhook-endpoint.ts'
import { webhook } from './webhook.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const context = (attempt = 0) =>
  sendContext({ attempt, clock: { now: () => Date.now(), schedule: () => () => undefined } })
const to = { address: 'ann-4711', name: 'Ann Lee' }
let endpoint: WebhookEndpoint
let channel: Channel

beforeEach(async () => {
  endpoint = await startWebhookEndpoint(secret)
  channel = webhook({ url: endpoint.url, secrets: [secret], allowPrivate: true })
})
afterEach(() => endpoint.close())

const only = () => {
  expect(endpoint.webhooks).toHaveLength(1)
  return endpoint.webhooks[0]
}

test('a question arrives with everything it takes to ask it and to answer it', async () => {
  const until = new Date('2026-11-27T18:00:00Z')
  const message = outboundMessage({
    to,
    until,
    content: { subject: 'Dinner', text: 'Friday at 8?', details: 'At Anna’s.' },
  })
  const outcome = await channel.send(message, context())
  expect(outcome).toEqual({
    status: 'accepted',
    providerMessageId: 'msg_0192f0c1-6d2e-7000-8000-000000000001_0',
  })
  expect(only()?.payload).toEqual({
    type: 'invitation.asked',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    data: {
      to: { address: 'ann-4711', name: 'Ann Lee' },
      from: { name: 'Anna' },
      subject: 'Dinner',
      text: 'Friday at 8?',
      details: 'At Anna’s.',
      locale: 'en',
      category: 'invitation',
      answer: { type: 'yesNo', actions: message.answer?.actions },
      links: message.links,
      replyToken: message.replyToken,
      until: '2026-11-27T18:00:00.000Z',
    },
  })
  expect(only()?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'invite-me' })
})

test('every try has the same id; a reminder and a notice say what they are', async () => {
  await channel.send(outboundMessage({ to }), context(0))
  await channel.send(outboundMessage({ to }), context(1))
  const ids = endpoint.webhooks.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(1)
  await channel.send(outboundMessage({ to, purpose: 'reminder' }), context())
  const { answer: _answer, ...notice } = outboundMessage({ to })
  await channel.send(notice, context())
  const types = endpoint.webhooks.map(({ payload }) => payload.type)
  expect(types).toEqual(['invitation.asked', 'invitation.asked', 'invitation.reminded', 'message.sent'])
})

test('details that make it too large are left to the page; a text that does is refused', async () => {
  const details = 'd'.repeat(19_999)
  await channel.send(outboundMessage({ to, content: { text: 'Dinner?', details } }), context())
  expect(only()?.payload.data).not.toHaveProperty('details')
  expect(only()?.body.length).toBeLessThan(20_000)
  const options = Array.from({ length: 50 }, (_, index) => ({
    value: `${index}`.repeat(30),
    label: '🍝'.repeat(50),
  }))
  const answer = { spec: { type: 'choice', options, multiple: false }, actions: options } as const
  const outcome = await channel.send(outboundMessage({ to, answer }), context())
  expect(outcome).toMatchObject({ status: 'permanent_content' })
})

describe('when something has changed', () => {
  const tell = (reason: MessageEdit['reason']) => {
    const { answer: _answer, ...message } = outboundMessage({ to, links: {} })
    const edit = { providerMessageId: 'msg_1', message, notice: 'Answered: Yes', reason }
    return channel.edit?.(edit, { ...context(), idempotencyKey: 'delivery.1.edit-2' })
  }
  test.each<readonly [MessageEdit['reason'], string, object]>([
    [
      { kind: 'answered', value: true, isDeclined: false, via: 'api' },
      'invitation.answered',
      { value: true, isDeclined: false, via: 'api' },
    ],
    [{ kind: 'expired' }, 'invitation.expired', {}],
    [{ kind: 'cancelled' }, 'invitation.cancelled', {}],
    [{ kind: 'updated' }, 'message.updated', {}],
  ])('%j is told as %s', async (reason, type, more) => {
    expect(await tell(reason)).toMatchObject({ status: 'accepted' })
    expect(only()?.payload).toMatchObject({
      type,
      data: { id: 'msg_1', to: { address: 'ann-4711' }, notice: 'Answered: Yes', ...more },
    })
    expect(only()?.headers['webhook-id']).toBe('msg_delivery_1_edit-2')
  })
})

describe('an endpoint for each person', () => {
  const own = webhook({ secrets: [secret] })

  test('an address has one spelling', () => {
    expect(own.address?.(' HTTPS://Hooks.Guests.test:443/in?Key=1#top ')).toEqual({
      ok: true,
      address: 'https://hooks.guests.test/in?Key=1',
    })
    expect(own.recognises?.('https://hooks.guests.test/in')).toBe(true)
    expect(own.recognises?.('ann@guests.test')).toBe(false)
    expect(channel.recognises?.('ann-4711')).toBe(false)
  })

  test('an address inside our own network is refused at the door, and at the gate', async () => {
    const inside = 'https://169.254.169.254/latest/meta-data'
    expect(own.address?.(inside)).toEqual({ ok: false, reason: 'it leads into a private network' })
    const outcome = await own.send(outboundMessage({ to: { address: inside } }), context())
    expect(outcome).toMatchObject({ status: 'permanent_recipient', scope: 'recipient' })
  })

  test('a name that leads inside is not called, and says nothing about the others', async () => {
    const sly = webhook({ secrets: [secret], resolve: () => Promise.resolve(['10.0.0.1']) })
    const outcome = await sly.send(outboundMessage({ to: { address: 'https://sly.evil.test/' } }), context())
    expect(outcome).toEqual({
      status: 'retryable',
      scope: 'recipient',
      providerCode: 'ADDRESS_REFUSED',
      retryAfterMs: 5_000,
      detail: 'the endpoint cannot be reached',
    })
  })

  test('the endpoint’s own address is not told to it', async () => {
    const local = webhook({ secrets: [secret], allowPrivate: true })
    await local.send(outboundMessage({ to: { address: endpoint.url } }), context())
    expect(only()?.payload.data['to']).toEqual({})
  })
})

test('without a key to check answers with, none are expected', () => {
  const seed = Buffer.alloc(32, 7).toString('base64')
  const mute = webhook({ privateKeys: [`whsk_${seed}`] })
  expect(mute.supports).toMatchObject({ answers: [], tokens: ['respond', 'unsubscribe'] })
  expect(channel.supports.answers).toContain('form')
})

test('what became of an answer is told at once', async () => {
  const fact = { id: '1', at: new Date(0), kind: 'ignored', reason: '' } as const
  const result = {
    id: '1',
    kind: 'answer',
    result: 'recorded',
    invitationId: 'x',
    answer: 'counted',
    feedback: 'Thank you!',
  } as const
  const response = await channel.acknowledge?.([{ fact, result }], context())
  expect(response?.status).toBe(200)
  expect(await response?.json()).toEqual({
    results: [{ kind: 'answer', result: 'recorded', answer: 'counted', feedback: 'Thank you!' }],
  })
})
