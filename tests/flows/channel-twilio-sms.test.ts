import { choice, text, yesNo } from '@invite-me/core'
import { twilioSms } from '@invite-me/channels/twilio-sms'
import { virtualClock, type VirtualClock } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  messageSid,
  startTwilioServer,
  twilioAccount,
  twilioNumber,
  twilioWebhook,
  type TwilioServer,
} from '../peers/twilio-server.ts'
import { startEngine } from './start-engine.ts'

const ann = '+491701234567'
const sam = { name: 'Ann', routes: { 'twilio-sms': '+49 170 123 45 67', email: 'ann@guests.test' } }
const webhookUrl = 'https://app.guests.test/hooks/twilio-sms'

let server: TwilioServer
let clock: VirtualClock
let written: number

beforeEach(async () => {
  written = 0
  clock = virtualClock()
  server = await startTwilioServer({ now: () => clock.now() })
})
afterEach(() => server.close())

const start = () =>
  startEngine({
    clock,
    channels: [twilioSms({ ...twilioAccount, from: twilioNumber, webhookUrl, baseUrl: server.url }), 'email'],
    order: ['twilio-sms', 'email'],
  })
type Engine = Awaited<ReturnType<typeof start>>

/** What the server at Twilio's address for webhooks answers. */
const webhook = (t: Engine, fields: Readonly<Record<string, string>>) =>
  t.inviteMe.handleWebhook('twilio-sms', twilioWebhook(webhookUrl, fields))
const report = (t: Engine, MessageStatus: string, more: Readonly<Record<string, string>> = {}) =>
  webhook(t, {
    MessageSid: server.messages.at(-1)?.sid ?? '',
    MessageStatus,
    To: ann,
    From: twilioNumber,
    ...more,
  })
const write = (t: Engine, Body: string, more: Readonly<Record<string, string>> = {}) => {
  written += 1
  return webhook(t, {
    MessageSid: messageSid(0xa00 + written),
    From: ann,
    To: twilioNumber,
    Body,
    NumMedia: '0',
    ...more,
  })
}
const sentTexts = () => server.messages.map(({ fields }) => fields['Body'])

describe('a question by text message', () => {
  test('is asked, delivered and answered, and no mail is sent', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner on Friday at 8?', {
      answer: yesNo(),
      via: ['twilio-sms', 'email'],
      next: { unlessAnswered: '30m' },
      until: '1d',
    })
    await t.advance(0)
    expect(server.messages).toMatchObject([
      { fields: { To: ann, ValidityPeriod: '36000', Body: expect.stringContaining('Reply YES or NO.') } },
    ])
    expect((await report(t, 'sent')).status).toBe(200)
    expect((await report(t, 'delivered')).status).toBe(200)
    const response = await write(t, 'Yes, gladly!')
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('<Response/>')])
    await t.advance('2h')

    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'twilio-sms' })
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['twilio-sms'])
    const story = await invitation.why()
    expect(story).toContain('twilio-sms accepted it (1 segment)')
    expect(story).toMatch(/delivered/)
    expect(JSON.stringify([t.troubles, story])).not.toContain(twilioAccount.authToken)
  })

  test('an answer that comes too late is told so, politely and once', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner & <dance>?', {
      answer: yesNo(),
      via: ['twilio-sms'],
      until: '1h',
    })
    await t.advance('2h')
    const said = await (await write(t, 'yes')).text()
    expect(said).toMatch(/<Response><Message>[^<>]+<\/Message><\/Response>$/)
    expect(await (await write(t, 'yes!!')).text()).toMatch(/<Response\/>$/)
    expect(await invitation.state()).toBe('expired')
  })

  test('one person under two spellings is one route', async () => {
    const t = await start()
    await t.inviteMe.ask({ routes: { 'twilio-sms': ann } }, 'Dinner?', { answer: yesNo() })
    await t.inviteMe.ask({ routes: { 'twilio-sms': '+49 (0)170 1234567' } }, 'Lunch?', { answer: yesNo() })
    await t.advance(0)
    expect(server.messages.map(({ fields }) => fields['To'])).toEqual([ann, ann])
  })

  test('a report before, after and instead of another changes nothing it should not', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    for (const status of ['delivered', 'sent', 'queued', 'delivered']) await report(t, status)
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'delivered' },
    ])
    expect((await t.inviteMe.receipts.list({ invitationId: invitation.id })).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['accepted', 'delivered']),
    )
  })

  test('a number that takes no messages is marked, and the mail asks', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    await report(t, 'undelivered', { ErrorCode: '30006' })
    await t.advance('1m')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['twilio-sms', 'email'])
    expect(await invitation.why()).toContain('30006')
  })

  test('STOP is obeyed: the next question goes by mail, and START takes it back', async () => {
    const t = await start()
    await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    await write(t, 'STOP')
    await t.inviteMe.ask(sam, 'Lunch?', { answer: yesNo() })
    await t.advance('1m')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['twilio-sms', 'email'])
    await write(t, 'START')
    await t.inviteMe.send(sam, 'Doors open at 7.')
    await t.advance('1m')
    expect(t.outbox.at(-1)?.channel).toBe('twilio-sms')
  })

  test('CANCEL opts out and still answers, when it is one of the options', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'The table for Friday?', {
      answer: choice(['keep', 'cancel']),
    })
    await t.advance(0)
    await write(t, 'CANCEL')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: 'cancel' })
    await t.inviteMe.send(sam, 'See you.')
    await t.advance('1m')
    expect(t.outbox.at(-1)?.channel).toBe('email')
  })

  test('with two questions open the person is asked which one was meant', async () => {
    const t = await start()
    const friday = await t.inviteMe.ask(sam, 'Dinner on Friday?', { answer: yesNo() })
    await t.advance('1m')
    const sunday = await t.inviteMe.ask(sam, 'Brunch on Sunday?', { answer: yesNo() })
    await t.advance('1m')
    await write(t, 'yes')
    await t.advance('1m')
    expect(sentTexts()).toHaveLength(3)
    expect(sentTexts()[2]).toMatch(
      /1.*Brunch on Sunday[^]*2.*Dinner on Friday|1.*Dinner on Friday[^]*2.*Brunch on Sunday/,
    )
    await write(t, '2')
    const states = [await friday.state(), await sunday.state()]
    expect(states.toSorted()).toEqual(['accepted', 'pending'])
  })

  test('words that are no answer are asked back once; a picture is kept', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner on Friday?', { answer: yesNo() })
    await t.advance('1m')
    await write(t, 'maybe if the weather holds')
    await t.advance('1m')
    await write(t, 'hmm')
    await t.advance('1m')
    expect(sentTexts()).toHaveLength(2)
    await write(t, '', { NumMedia: '1', MediaContentType0: 'image/jpeg' })
    expect(await invitation.state()).toBe('pending')
    const kept = await t.inviteMe.invitations.responses(invitation.id)
    expect(kept.map(({ value }) => value)).toContain('without words: image/jpeg')
  })

  test('an answer in free words is taken as it is', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'What can you not eat?', { answer: text() })
    await t.advance(0)
    await write(t, 'Ничего острого 🌶')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: 'Ничего острого 🌶' })
  })

  test('a webhook that is not signed is refused and changes nothing', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    const fields = { MessageSid: messageSid(0xb00), From: ann, To: twilioNumber, Body: 'yes' }
    const forged = twilioWebhook(webhookUrl, fields, { authToken: 'guessed' })
    expect((await t.inviteMe.handleWebhook('twilio-sms', forged)).status).toBe(401)
    expect(await invitation.state()).toBe('pending')
  })
})

describe('trouble on the way to Twilio', () => {
  test('a message whose answer was lost is found, and not sent again', async () => {
    const t = await start()
    server.script(['taken_and_cut'])
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.advance('5m')
    expect(server.messages).toHaveLength(1)
    await report(t, 'delivered')
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'delivered' },
    ])
    expect(await invitation.why()).toContain('Twilio has it')
  })

  test('a message that was lost on its way there is sent again, once', async () => {
    const t = await start()
    server.script(['cut_after'])
    await t.inviteMe.send(sam, 'Doors open at 7.', { onUnknown: 'assume-sent' })
    await t.advance('5m')
    expect(server.messages).toHaveLength(1)
    expect(server.requests.filter((line) => line.startsWith('POST'))).toHaveLength(2)
  })

  test('too many, a cut and a slow answer: sent once', async () => {
    const t = await start()
    server.script(['too_many', 'cut_after', 'slow'])
    await t.inviteMe.send(sam, 'Doors open at 7.')
    await t.advance('10m')
    expect(sentTexts()).toEqual(['Doors open at 7.'])
    expect(t.outbox.every(({ channel }) => channel === 'twilio-sms')).toBe(true)
  })
})
