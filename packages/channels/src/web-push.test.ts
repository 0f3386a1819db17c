import type { OutboundMessage } from '@invite-me/core/channel'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { outboundMessage, sendContext, testMoment } from '../../../tests/peers/outbound-message.ts'
import {
  startWebPushService,
  vapidKeys,
  type BrowserSubscription,
  type WebPushService,
} from '../../../tests/peers/web-push-service.ts'
import { webPush } from './web-push.ts'

const keys = vapidKeys()
const options = {
  subject: 'mailto:dinner@guests.test',
  ...keys,
  allowPrivate: true,
  pushServices: ['127.0.0.1'],
}
let service: WebPushService
let browser: BrowserSubscription

beforeEach(async () => {
  service = await startWebPushService()
  browser = await service.subscribe(keys.publicKey)
})
afterEach(() => service.close())

const send = (change: Partial<OutboundMessage> = {}, channel = webPush(options), to = browser) =>
  channel.send(outboundMessage({ to: { address: JSON.stringify(to) }, ...change }), sendContext())

test('the browser can decrypt what we send, and nobody else has the keys to', async () => {
  expect(await send()).toEqual({
    status: 'accepted',
    providerMessageId: '0192f0c1-6d2e-7000-8000-000000000001.0',
  })
  expect(service.messages(browser)).toMatchObject([
    { inviteMe: 1, title: 'Anna', body: 'Dinner on Friday at 8?' },
  ])
})

test('the push service is told how long, how urgent, and what it replaces', async () => {
  await send({ until: new Date(testMoment + 3_600_500) })
  await send({ purpose: 'reminder', category: 'live-event', until: null })
  await send({ until: new Date(testMoment - 1) })
  const [question, reminder, late] = service.headers
  expect(question).toMatchObject({ ttl: '3600', urgency: 'normal', 'content-encoding': 'aes128gcm' })
  expect(question?.['authorization']).toMatch(/^vapid t=\S+, k=\S+$/)
  expect(reminder).toMatchObject({ ttl: '2419200', urgency: 'high', topic: question?.['topic'] })
  expect(late?.['ttl']).toBe('0')
})

test('a browser that took its permission back is dead, at that address only', async () => {
  service.expire(browser)
  expect(await send()).toMatchObject({
    status: 'permanent_recipient',
    scope: 'recipient',
    providerCode: '410',
  })
  const other = await service.subscribe(keys.publicKey)
  expect(await send({}, webPush(options), other)).toMatchObject({ status: 'accepted' })
})

test('a key the page did not subscribe with is refused: ours is wrong, or the subscription is old', async () => {
  const others = webPush({ ...options, ...vapidKeys() })
  expect(await send({}, others)).toMatchObject({ status: 'permanent_config', providerCode: '400' })

  const channel = webPush(options)
  await send({}, channel)
  const old = await service.subscribe(vapidKeys().publicKey)
  expect(await send({}, channel, old)).toMatchObject({ status: 'permanent_content', scope: 'message' })
})

test('with a place to answer at it carries yes and no itself', () => {
  expect(webPush(options).supports).toMatchObject({ answers: [], tokens: ['respond'] })
  const answering = webPush({ ...options, answerUrl: 'https://app.guests.test/hooks/web-push' })
  expect(answering.supports).toMatchObject({ answers: ['yesNo'], tokens: ['respond', 'reply'] })
})

test('an endpoint that is no push service is refused at the door and at the gate', async () => {
  const evil = { ...browser, endpoint: 'https://evil.test/collect' }
  const channel = webPush(options)
  expect(channel.address?.(JSON.stringify(evil))).toEqual({
    ok: false,
    reason: 'the endpoint is not one of a known push service',
  })
  expect(await send({}, channel, evil)).toMatchObject({ status: 'permanent_recipient' })
  expect(channel.recognises?.(JSON.stringify(browser))).toBe(true)
  expect(channel.recognises?.('{"endpoint":"ann"}')).toBe(false)
})

test('without the library nothing is lost: the outcome says what to install', async () => {
  vi.resetModules()
  vi.doMock('web-push', () => {
    throw new Error('not installed')
  })
  const { webPush: without } = await import('./web-push.ts')
  const outcome = await send({}, without(options))
  vi.doUnmock('web-push')
  expect(outcome).toMatchObject({ status: 'permanent_config', providerCode: 'PEER_MISSING' })
  expect(JSON.stringify(outcome)).toContain('npm i web-push')
})

test('a worker of another origin may read what became of its answer', async () => {
  const fact = { id: '1', at: new Date(0), kind: 'ignored', reason: '' } as const
  const result = {
    id: '1',
    kind: 'answer',
    result: 'recorded',
    invitationId: 'x',
    answer: 'counted',
    feedback: 'Noted: Yes.',
  } as const
  const response = await webPush(options).acknowledge?.([{ fact, result }], sendContext())
  expect(response?.headers.get('access-control-allow-origin')).toBe('*')
  expect(await response?.json()).toMatchObject({ results: [{ feedback: 'Noted: Yes.' }] })
})
