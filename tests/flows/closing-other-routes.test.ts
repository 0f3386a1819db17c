import { choice, yesNo } from '@invite-me/core'
import { createPortal } from '@invite-me/server/portal'
import { inboundRequest, scriptedChannel } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const sam = {
  name: 'Sam',
  locale: 'ru',
  routes: { telegram: '4711', 'twilio-sms': '+491510000001', email: 'sam@guests.test' },
}

/** A medium whose messages can be changed after they were sent. */
const telegram = () => scriptedChannel({ name: 'telegram', supports: { edits: ['question'] } })

const channels = () => {
  const chat = telegram()
  return { chat, all: [chat, 'twilio-sms', 'email'] }
}

describe('a question asked on several routes', () => {
  test('is answered on one, and the others are told or never asked', async () => {
    const { chat, all } = channels()
    const t = await startEngine({ channels: all })
    const invitation = await t.inviteMe.ask(sam, 'Ужин в пятницу?', {
      answer: yesNo(),
      via: ['telegram', 'twilio-sms', 'email'],
      next: { unlessAnswered: '30m' },
    })
    await t.clock.settle()
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['telegram'])
    await t.advance('30m')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['telegram', 'twilio-sms'])
    await t.report(invitation, 'delivered')
    const result = await t.reply(invitation, 'да', { via: 'twilio-sms' })
    expect(result).toMatchObject({ result: 'recorded', answer: 'counted' })
    await t.advance('2h')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['telegram', 'twilio-sms'])
    expect(chat.edited).toHaveLength(1)
    expect(chat.edited[0]).toMatchObject({
      providerMessageId: 'telegram-1',
      reason: { kind: 'answered', value: true, isDeclined: false },
      message: { content: { text: 'Ужин в пятницу?' }, answer: { actions: [] }, links: {} },
    })
    expect(chat.edited[0]?.notice).toMatch(/Да/)
    const why = await invitation.why()
    expect(why).toContain('telegram: not answered in time, so on to the next route')
    expect(why).toContain('twilio-sms delivered it')
    expect(why).toContain('the message by telegram was brought up to date')
    expect(why).not.toContain('email accepted')
    expect(why).toContain('now: accepted by twilio-sms')
  })

  test('a change of mind is told where it was sent, too', async () => {
    const { chat, all } = channels()
    const t = await startEngine({ channels: all })
    const invitation = await t.inviteMe.ask(sam, 'Ужин?', { answer: yesNo() })
    await t.clock.settle()
    await t.inviteMe.respond(invitation.id, { kind: 'option', value: 'yes' })
    await t.clock.settle()
    await t.inviteMe.respond(invitation.id, { kind: 'option', value: 'no' })
    await t.clock.settle()
    expect(chat.edited.map(({ reason }) => reason)).toEqual([
      { kind: 'answered', value: true, isDeclined: false, via: 'api' },
      { kind: 'answered', value: false, isDeclined: true, via: 'api' },
    ])
  })

  test.each([
    ['expired', async (t) => t.advance('2h')],
    ['cancelled', async (t, id) => void (await (await t.inviteMe.invitation(id)).cancel())],
  ] as const satisfies readonly (readonly [
    string,
    (t: Awaited<ReturnType<typeof startEngine>>, id: string) => Promise<void>,
  ])[])('that is %s says so where it was sent', async (kind, end) => {
    const { chat, all } = channels()
    const t = await startEngine({ channels: all })
    const invitation = await t.inviteMe.ask(sam, 'Ужин?', { answer: yesNo(), until: '1h' })
    await t.clock.settle()
    await end(t, invitation.id)
    await t.clock.settle()
    expect(chat.edited.map(({ reason }) => reason.kind)).toEqual([kind])
  })

  test('an edit that fails is tried again, and given up with a receipt', async () => {
    const chat = scriptedChannel({ name: 'telegram', supports: { edits: ['question'] } })
    let tries = 0
    chat.edit = async () => {
      tries += 1
      return tries === 1
        ? { status: 'retryable', scope: 'provider' }
        : { status: 'permanent_content', scope: 'message' }
    }
    const t = await startEngine({ channels: [chat] })
    const invitation = await t.inviteMe.ask(sam, 'Ужин?', { answer: yesNo() })
    await t.clock.settle()
    await t.inviteMe.respond(invitation.id, { kind: 'option', value: 'yes' })
    await t.advance('1h')
    expect(tries).toBe(2)
    const kinds = (await t.inviteMe.receipts.list({ invitationId: invitation.id })).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'edit_failed')).toHaveLength(1)
  })

  test('a vote that is taken back opens the question again, and it can still run out', async () => {
    const chat = telegram()
    const t = await startEngine({ channels: [chat] })
    const invitation = await t.inviteMe.ask(sam, 'Что пьём?', {
      answer: choice(['чай', 'кофе']),
      until: '1h',
    })
    await t.clock.settle()
    await t.press(invitation, 'чай')
    expect(await invitation.state()).toBe('answered')
    await t.inviteMe.receive(
      'telegram',
      inboundRequest('telegram', [
        {
          id: 'vote-2',
          at: new Date(0),
          kind: 'withdrawn',
          reference: { by: 'provider-message', providerMessageId: 'telegram-1' },
        },
      ]),
    )
    expect(await invitation.state()).toBe('pending')
    await t.press(invitation, 'кофе')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: 'кофе', revision: 2 })
    await t.inviteMe.receive(
      'telegram',
      inboundRequest('telegram', [
        {
          id: 'vote-4',
          at: new Date(0),
          kind: 'withdrawn',
          reference: { by: 'provider-message', providerMessageId: 'telegram-1' },
        },
      ]),
    )
    await t.advance('2h')
    expect(await invitation.state()).toBe('expired')
  })

  test('at once: an answer on one tells the others, whether they have left or not', async () => {
    const { chat, all } = channels()
    const t = await startEngine({ channels: all })
    t.channel('email').script(['retryable'])
    const invitation = await t.inviteMe.ask(sam, 'Ужин?', { answer: yesNo(), routing: 'all' })
    await t.clock.settle()
    expect(t.outbox.map(({ channel }) => channel).toSorted()).toEqual(['email', 'telegram', 'twilio-sms'])
    await t.reply(invitation, 'да', { via: 'twilio-sms' })
    await t.advance('2h')
    expect(chat.edited).toMatchObject([{ reason: { kind: 'answered', value: true } }])
    expect(t.outbox.filter(({ channel }) => channel === 'email')).toHaveLength(1)
    const deliveries = await t.inviteMe.deliveries.list({ invitationId: invitation.id })
    expect(Object.fromEntries(deliveries.map(({ plan, state }) => [plan[0]?.channel, state]))).toEqual({
      email: 'cancelled',
      telegram: 'sent',
      'twilio-sms': 'sent',
    })
  })

  test('is answered on the page, and the chat loses its buttons', async () => {
    const { chat } = channels()
    const t = await startEngine({ channels: [chat] })
    const invitation = await t.inviteMe.ask(sam, 'Ужин?', { answer: yesNo(), via: ['telegram'] })
    await t.clock.settle()
    const portal = createPortal(t.inviteMe)
    const link = chat.outbox[0]?.message.links.respond ?? ''
    const page = await (await portal(new Request(link))).text()
    expect(chat.edited).toEqual([])
    const nonce = /name="invite-me-nonce" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(link).origin }
    const body = new URLSearchParams({ 'invite-me-nonce': nonce, answer: 'no' }).toString()
    const answered = await portal(new Request(link, { method: 'POST', body, headers }))
    expect(answered.status).toBeLessThan(400)
    await t.clock.settle()
    expect(await invitation.state()).toBe('declined')
    expect(chat.edited).toMatchObject([
      { reason: { kind: 'answered', value: false, isDeclined: true, via: 'portal' }, message: { links: {} } },
    ])
  })
})
