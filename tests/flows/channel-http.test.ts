import { text, yesNo } from '@invite-me/core'
import { http } from '@invite-me/channels/http'
import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startPagerSystem, type PagerSystem } from '../peers/pager-system.ts'
import { startEngine } from './start-engine.ts'

const secret = 'what-the-pagers-sign-with'
const ann = { routes: { pager: 'ann-7', email: 'ann@guests.test' } }
let system: PagerSystem

beforeEach(async () => {
  system = await startPagerSystem()
  onTestFinished(() => system.close())
})

/** A system nobody wrote a channel for: described, not programmed. */
const pager = () =>
  http({
    name: 'pager',
    url: `${system.url}/v1/pagers/{{to}}/pages`,
    headers: { 'Idempotency-Key': '{{idempotencyKey}}' },
    format: 'form',
    body: { text: '{{message}}', ref: '{{replyToken}}' },
    success: { at: '/ok', equals: true },
    messageId: '/page/number',
    errorCode: '/error/code',
    errors: [
      { at: '/error/code', equals: 'throttled', outcome: 'rate_limited' },
      {
        at: '/error/code',
        equals: 'no-such-pager',
        outcome: 'permanent_recipient',
        detail: 'there is no such pager',
      },
    ],
    retryAfter: { at: '/error/wait', unit: 'ms' },
    addressPattern: '[a-z]+-[0-9]+',
    answers: ['yesNo', 'text'],
    idempotent: true,
    reports: ['delivered'],
    inbound: {
      verify: { by: 'hmac', header: 'x-pager-signature', prefix: 'sha256=', secret },
      list: '/events',
      id: '/id',
      kind: { at: '/type', is: { reply: 'answer', shown: 'delivered' } },
      messageId: '/page',
      address: '/pager',
      text: '/words',
      consentWords: true,
    },
  })
const start = () => startEngine({ channels: [pager(), 'email'], order: ['pager', 'email'] })

/** What the system reports, signed as it signs. */
function report(...events: readonly object[]): Request {
  const body = JSON.stringify({ events })
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const headers = { 'x-pager-signature': `sha256=${signature}` }
  return new Request('https://app.guests.test/webhooks/pager', { method: 'POST', headers, body })
}

describe('a system that is only described', () => {
  test('carries a question there and its answer back, and the other routes close', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(ann, 'Dinner on Friday at 8?', {
      answer: yesNo(),
      next: { unlessAnswered: '30m' },
    })
    await t.advance(0)
    expect(system.pages).toMatchObject([{ to: 'ann-7', text: expect.stringContaining('Reply YES or NO') }])

    await t.inviteMe.handleWebhook('pager', report({ id: 'e1', type: 'shown', page: 1 }))
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'delivered' },
    ])

    const response = await t.inviteMe.handleWebhook(
      'pager',
      report({ id: 'e2', type: 'reply', page: 1, pager: 'ann-7', words: 'Yes, gladly!' }),
    )
    expect(await response.json()).toMatchObject({ results: [{ answer: 'counted' }] })
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'pager' })
    await t.advance('2h')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['pager'])
  })

  test('whose replies name no message answer the newest question of that address', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(ann, 'What may you not eat?', { answer: text() })
    await t.advance(0)
    const [fact] = await t.inviteMe.receive(
      'pager',
      report({ id: 'e1', type: 'reply', pager: 'ann-7', words: 'Nuts.' }),
    )
    expect(fact).toMatchObject({ answer: 'counted' })
    expect(await invitation.answer()).toMatchObject({ value: 'Nuts.' })
  })

  test('has its addresses recognised, its pauses kept and its dead addresses left', async () => {
    const t = await start()
    system.answer('too_many')
    await t.inviteMe.ask('ann-7', 'Dinner?', { answer: yesNo() })
    await t.advance('1s')
    expect(system.pages).toEqual([])
    system.answer('well')
    await t.advance('2s')
    expect(system.pages).toHaveLength(1)

    system.answer('no_such_address')
    const other = await t.inviteMe.ask(ann, 'And on Saturday?', { answer: yesNo() })
    await t.advance(0)
    expect(t.outbox.at(-1)?.channel).toBe('email')
    expect(await other.why()).toContain('there is no such pager (no-such-pager)')
  })

  test('whose person says STOP is not used for them again', async () => {
    const t = await start()
    await t.inviteMe.ask(ann, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    await t.inviteMe.receive('pager', report({ id: 'e1', type: 'reply', pager: 'ann-7', words: 'STOP' }))
    await t.inviteMe.ask(ann, 'And on Saturday?', { answer: yesNo() })
    await t.advance(0)
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['pager', 'email'])
  })
})
