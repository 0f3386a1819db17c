import { rsvp, yesNo } from '@invite-me/core'
import { twilioWhatsapp } from '@invite-me/channels/twilio-whatsapp'
import { virtualClock, type VirtualClock } from '@invite-me/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
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
const sam = { name: 'Ann', routes: { 'twilio-whatsapp': ann, email: 'ann@guests.test' } }
const webhookUrl = 'https://app.guests.test/hooks/twilio-whatsapp'
const templates = { yesNo: { contentSid: `HX${'a'.repeat(32)}` } }

let server: TwilioServer
let clock: VirtualClock
let written: number

beforeEach(async () => {
  written = 0
  clock = virtualClock()
  server = await startTwilioServer({ now: () => clock.now() })
})
afterEach(() => server.close())

const start = (options: Partial<Parameters<typeof twilioWhatsapp>[0]> = {}) =>
  startEngine({
    clock,
    channels: [
      twilioWhatsapp({ ...twilioAccount, from: twilioNumber, webhookUrl, baseUrl: server.url, ...options }),
      'email',
    ],
    order: ['twilio-whatsapp', 'email'],
  })
type Engine = Awaited<ReturnType<typeof start>>

const webhook = (t: Engine, fields: Readonly<Record<string, string>>) =>
  t.inviteMe.handleWebhook('twilio-whatsapp', twilioWebhook(webhookUrl, fields))
const report = (t: Engine, MessageStatus: string, more: Readonly<Record<string, string>> = {}) =>
  webhook(t, { MessageSid: server.messages.at(-1)?.sid ?? '', MessageStatus, ...more })
const write = (t: Engine, Body: string, more: Readonly<Record<string, string>> = {}) => {
  written += 1
  return webhook(t, {
    MessageSid: messageSid(0xb00 + written),
    From: `whatsapp:${ann}`,
    To: `whatsapp:${twilioNumber}`,
    Body,
    NumMedia: '0',
    ...more,
  })
}
const press = (t: Engine, sid: string, value: string) =>
  write(t, value, { ButtonText: value, ButtonPayload: value, OriginalRepliedMessageSid: sid })

test('a question goes out with buttons, is read, and a pressed button answers; no mail is sent', async () => {
  const t = await start({ templates })
  const invitation = await t.inviteMe.ask(sam, 'Dinner on Friday at 8?', {
    answer: yesNo(),
    via: ['twilio-whatsapp', 'email'],
    next: { unlessAnswered: '30m' },
  })
  await t.advance(0)
  expect(server.messages).toMatchObject([
    { fields: { To: `whatsapp:${ann}`, ContentSid: templates.yesNo.contentSid } },
  ])
  await report(t, 'delivered')
  await report(t, 'read')
  expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([{ state: 'read' }])
  expect((await press(t, messageSid(1), 'yes')).status).toBe(200)
  await t.advance('2h')
  expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'twilio-whatsapp' })
  expect(t.outbox.map(({ channel }) => channel)).toEqual(['twilio-whatsapp'])
})

test('each button answers its own question, though several are open', async () => {
  const t = await start({ templates })
  const friday = await t.inviteMe.ask(sam, 'Dinner on Friday?', { answer: yesNo() })
  await t.advance('1m')
  const sunday = await t.inviteMe.ask(sam, 'Brunch on Sunday?', { answer: yesNo() })
  await t.advance('1m')
  await press(t, messageSid(1), 'no')
  await press(t, messageSid(2), 'yes')
  expect(await friday.answer()).toMatchObject({ kind: 'declined', value: false })
  expect(await sunday.answer()).toMatchObject({ kind: 'answered', value: true })
})

test('a button of a message that is not ours answers nothing', async () => {
  const t = await start({ templates })
  const invitation = await t.inviteMe.ask(sam, 'Dinner on Friday?', { answer: yesNo() })
  await t.advance('1m')
  const tap = { ButtonPayload: 'yes', ButtonText: 'Yes', OriginalRepliedMessageSid: messageSid(77) }
  await write(t, 'Yes', tap)
  expect(await invitation.state()).toBe('pending')
})

test('without buttons the reply in words answers', async () => {
  const t = await start()
  const invitation = await t.inviteMe.ask(sam, 'Dinner on Friday?', { answer: rsvp({ maxParty: 4 }) })
  await t.advance(0)
  expect(server.messages[0]?.fields['Body']).toContain('Reply YES, NO or MAYBE')
  await write(t, 'yes 2')
  expect(await invitation.answer()).toMatchObject({ value: { coming: 'yes', party: 2 } })
})

test('who has not written for 24 hours cannot be reached in words, so the mail asks', async () => {
  const t = await start()
  const invitation = await t.inviteMe.ask(sam, 'Dinner on Friday?', { answer: yesNo() })
  await t.advance(0)
  await report(t, 'undelivered', { ErrorCode: '63016' })
  await t.advance('1m')
  expect(t.outbox.map(({ channel }) => channel)).toEqual(['twilio-whatsapp', 'email'])
  expect(await invitation.why()).toContain('63016')
  // The number itself is good.
  await t.inviteMe.send(sam, 'Doors open at 7.')
  await t.advance('1m')
  expect(t.outbox.at(-1)?.channel).toBe('twilio-whatsapp')
})

test('STOP and a block are obeyed', async () => {
  const t = await start()
  await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  await t.advance(0)
  await write(t, 'stop')
  await t.inviteMe.send(sam, 'Doors open at 7.')
  await t.advance('1m')
  expect(t.outbox.at(-1)?.channel).toBe('email')
  await write(t, 'start')
  await t.inviteMe.send(sam, 'Doors open at 8.')
  await t.advance('1m')
  expect(t.outbox.at(-1)?.channel).toBe('twilio-whatsapp')
  await report(t, 'undelivered', { ErrorCode: '63014' })
  await t.inviteMe.send(sam, 'Doors open at 9.')
  await t.advance('1m')
  expect(t.outbox.at(-1)?.channel).toBe('email')
})
