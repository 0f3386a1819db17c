import { form, yesNo } from '@invite-me/core'
import { virtualClock } from '@invite-me/core/testing'
import { webhook } from '@invite-me/channels/webhook'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { signElsewhere } from '../peers/verify-webhook.ts'
import { startWebhookEndpoint, type WebhookEndpoint } from '../peers/webhook-endpoint.ts'
import { startEngine } from './start-engine.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const desk = { name: 'Ann Lee', routes: { webhook: 'ann-4711', email: 'ann@guests.test' } }
let endpoint: WebhookEndpoint

beforeEach(async () => {
  endpoint = await startWebhookEndpoint(secret)
  onTestFinished(() => endpoint.close())
})

/** The other side's libraries look at the machine's clock, so the engine begins there. */
const start = (url = endpoint.url) =>
  startEngine({
    channels: [webhook({ url, secrets: [secret], allowPrivate: true }), 'email'],
    order: ['webhook', 'email'],
    clock: virtualClock(Date.now()),
  })

/** What the system behind the endpoint sends back, signed with a library of others. */
function answer(data: object, id = 'desk_1'): Request {
  const body = JSON.stringify({ type: 'answer', data })
  const headers = signElsewhere(secret, { id, at: new Date(), body })
  return new Request('https://app.guests.test/webhooks/webhook', { method: 'POST', headers, body })
}
const tokenOf = (index = 0) => String(endpoint.webhooks[index]?.payload.data['replyToken'])

describe('a system that is asked by webhook', () => {
  test('gets the question, answers it signed, is told what became of it, and the other routes close', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(desk, 'Dinner on Friday at 8?', {
      answer: yesNo(),
      next: { unlessAnswered: '1m' },
      from: { name: 'Anna' },
    })
    await t.advance(0)
    expect(endpoint.webhooks[0]?.payload).toMatchObject({
      type: 'invitation.asked',
      data: {
        to: { address: 'ann-4711', name: 'Ann Lee' },
        from: { name: 'Anna' },
        answer: { type: 'yesNo' },
      },
    })
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'sent' },
    ])

    const yes = () => answer({ token: tokenOf(), value: true })
    const response = await t.inviteMe.handleWebhook('webhook', yes())
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      results: [{ result: 'recorded', answer: 'counted', feedback: expect.stringMatching(/yes/i) }],
    })
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'webhook' })

    // The same webhook again, as senders do that did not hear us.
    expect(await (await t.inviteMe.handleWebhook('webhook', yes())).json()).toMatchObject({
      results: [{ result: 'repeated' }],
    })
    await t.advance('2m')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['webhook'])
  })

  test('is told when the question is over, by whatever way it was answered', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(desk, 'Dinner?', { answer: yesNo(), routing: 'all' })
    await t.advance(0)
    await t.reply(invitation, 'yes', { via: 'email' })
    await t.advance('1m')
    const [asked, over] = endpoint.webhooks
    expect(over?.payload).toMatchObject({
      type: 'invitation.answered',
      data: { id: asked?.headers['webhook-id'], value: true, isDeclined: false },
    })
  })

  test('can fill in a form, which no other medium carries by itself', async () => {
    const t = await start()
    const wishes = form(z.object({ name: z.string(), nuts: z.boolean() }))
    const invitation = await t.inviteMe.ask(desk, 'Your wishes?', { answer: wishes, capability: 'native' })
    await t.advance(0)
    await t.inviteMe.handleWebhook(
      'webhook',
      answer({ token: tokenOf(), value: { name: 'Ann', nuts: false } }),
    )
    expect(await invitation.answer()).toMatchObject({ value: { name: 'Ann', nuts: false }, via: 'webhook' })
  })

  test('cannot answer unsigned, nor for a question it was not asked', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(desk, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    const body = JSON.stringify({ type: 'answer', data: { token: tokenOf(), value: true } })
    const bare = new Request('https://app.guests.test/', { method: 'POST', body })
    expect((await t.inviteMe.handleWebhook('webhook', bare)).status).toBe(401)
    const other = answer({ token: '0123456789abcdefghjkmnpqrs', value: true })
    expect(await (await t.inviteMe.handleWebhook('webhook', other)).json()).toMatchObject({
      results: [{ result: 'unmatched' }],
    })
    expect(await invitation.state()).toBe('pending')
  })

  test('that says 410 is asked no more, and the next route takes over', async () => {
    endpoint.answer('no_such_address')
    const t = await start()
    await t.inviteMe.recipients.upsert({ externalId: 'ann', routes: desk.routes })
    const invitation = await t.inviteMe.ask('ann', 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['webhook', 'email'])
    expect((await t.inviteMe.recipients.get('ann'))?.routes).toMatchObject([
      { channel: 'webhook', state: 'bounced' },
      { channel: 'email', state: 'open' },
    ])
    expect(await invitation.why()).toContain('the endpoint wants no more webhooks')
  })
})

test('an endpoint that is down is tried again after 5 seconds, 5 minutes and half an hour', async () => {
  // Hours pass for us only, which its libraries would not believe.
  const lenient = await startWebhookEndpoint()
  onTestFinished(() => lenient.close())
  lenient.answer('unwell')
  const t = await start(lenient.url)
  const startMs = t.clock.now()
  await t.inviteMe.ask(desk, 'Dinner?', { answer: yesNo(), via: ['webhook'] })
  await t.advance('10m')
  lenient.answer('well')
  await t.advance('1h')
  const minutes = t.outbox.map(({ at }) => Math.round((at.getTime() - startMs) / 6_000) / 10)
  expect(minutes).toEqual([0, 0.1, 5.1, 35.1])
  expect(lenient.webhooks.map(({ headers }) => headers['webhook-id'])).toHaveLength(1)
})
