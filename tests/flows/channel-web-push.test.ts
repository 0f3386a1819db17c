import { yesNo } from '@invite-me/core'
import type { InviteMeTest } from '@invite-me/core/testing'
import { webPush } from '@invite-me/channels/web-push'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startPushPage } from '../peers/push-page.ts'
import {
  startWebPushService,
  vapidKeys,
  type BrowserSubscription,
  type WebPushService,
} from '../peers/web-push-service.ts'
import { noChromium } from '../../packages/server/src/__fixtures__/chromium.ts'
import { startEngine } from './start-engine.ts'

const keys = vapidKeys()
let service: WebPushService
let browser: BrowserSubscription

beforeEach(async () => {
  service = await startWebPushService()
  onTestFinished(() => service.close())
  browser = await service.subscribe(keys.publicKey)
})

const start = (answerUrl: string) =>
  startEngine({
    channels: [
      webPush({
        subject: 'mailto:dinner@guests.test',
        ...keys,
        answerUrl,
        allowPrivate: true,
        pushServices: ['127.0.0.1'],
      }),
      'email',
    ],
    order: ['web-push', 'email'],
  })
const ann = () => ({ routes: { 'web-push': JSON.stringify(browser), email: 'ann@guests.test' } })
const ask = (t: InviteMeTest) =>
  t.inviteMe.ask(ann(), 'Dinner on Friday at 8?', {
    answer: yesNo(),
    from: { name: 'Anna' },
    next: { unlessAnswered: '30m' },
  })

describe('a browser that subscribed', () => {
  test('gets the question, answers with a button, and the other routes close', async () => {
    const t = await start('https://app.guests.test/webhooks/web-push')
    const invitation = await ask(t)
    await t.advance(0)
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'sent' },
    ])
    const [message] = service.messages(browser)
    expect(message).toMatchObject({
      title: 'Anna',
      body: 'Dinner on Friday at 8?',
      actions: [{ label: 'Yes' }, { label: 'No' }],
    })

    const { answerUrl, token } = message as { readonly answerUrl: string; readonly token: string }
    const press = () =>
      new Request(answerUrl, {
        method: 'POST',
        body: JSON.stringify({ inviteMe: 1, id: '0b0c7a52-3f7f-4d2e', token, value: 'yes' }),
      })
    expect(await (await t.inviteMe.handleWebhook('web-push', press())).json()).toMatchObject({
      results: [{ answer: 'counted', feedback: expect.stringMatching(/yes/i) }],
    })
    expect(await (await t.inviteMe.handleWebhook('web-push', press())).json()).toMatchObject({
      results: [{ result: 'repeated' }],
    })
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'web-push' })
    await t.advance('2h')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['web-push'])
  })

  test('and took its permission back is left, for good', async () => {
    service.expire(browser)
    const t = await start('https://app.guests.test/webhooks/web-push')
    await t.inviteMe.recipients.upsert({ externalId: 'ann', ...ann() })
    const invitation = await t.inviteMe.ask('ann', 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['web-push', 'email'])
    expect((await t.inviteMe.recipients.get('ann'))?.routes[0]).toMatchObject({ state: 'bounced' })
    expect(await invitation.why()).toContain('this browser is no longer subscribed')
  })
})

test.skipIf(noChromium !== undefined)(
  `in Chromium, the service worker shows the question and a button answers it${noChromium === undefined ? '' : ` (${noChromium})`}`,
  async () => {
    const page = await startPushPage((request) => t.inviteMe.handleWebhook('web-push', request))
    onTestFinished(() => page.close())
    const t = await start(page.answerUrl)
    const invitation = await ask(t)
    await t.advance(0)
    await page.deliver(service.messages(browser)[0])
    expect(await page.shown()).toEqual([
      { title: 'Anna', body: 'Dinner on Friday at 8?', actions: ['Yes', 'No'] },
    ])
    await page.press('Yes')
    expect(await page.shownAfter('Dinner on Friday at 8?')).toMatchObject([
      { title: 'Anna', body: expect.stringMatching(/yes/i), actions: [] },
    ])
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'web-push' })
  },
)
