import { yesNo } from '@invite-me/core'
import { email } from '@invite-me/channels/email'
import { telegram } from '@invite-me/channels/telegram'
import { twilioSms } from '@invite-me/channels/twilio-sms'
import { virtualClock } from '@invite-me/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startSmtpSink } from '../peers/smtp-sink.ts'
import { startTelegram } from '../peers/telegram-server.ts'
import {
  messageSid,
  startTwilioServer,
  twilioAccount,
  twilioNumber,
  twilioWebhook,
} from '../peers/twilio-server.ts'
import { startEngine } from './start-engine.ts'

const webhookSecret = 'a-long-and-random-webhook-secret'
const webhookUrl = 'https://app.guests.test/hooks/twilio-sms'
const phone = '+491701234567'

/** Three media with the adapters people use, each against its peer. */
async function start() {
  const clock = virtualClock()
  const [chats, phones, mails] = await Promise.all([
    startTelegram(),
    startTwilioServer({ now: () => clock.now() }),
    startSmtpSink(),
  ])
  onTestFinished(async () => {
    await Promise.all([chats.close(), phones.close(), mails.close()])
  })
  const t = await startEngine({
    clock,
    channels: [
      telegram({ token: chats.token, apiRoot: chats.url, webhookSecret }),
      twilioSms({ ...twilioAccount, from: twilioNumber, webhookUrl, baseUrl: phones.url }),
      email({ smtp: `smtp://127.0.0.1:${mails.port}`, from: 'dinner@guests.test' }),
    ],
  })
  const webhook = (fields: Readonly<Record<string, string>>) =>
    t.inviteMe.handleWebhook('twilio-sms', twilioWebhook(webhookUrl, fields))
  return { t, chats, phones, mails, webhook }
}

const sasha = {
  name: 'Саша',
  locale: 'ru',
  routes: { telegram: '4711', 'twilio-sms': phone, email: 'sasha@guests.test' },
}

test('unanswered in Telegram, answered by SMS: the Telegram message says so, and no mail is sent', async () => {
  const { t, chats, phones, mails, webhook } = await start()
  const sam = chats.person(4711, 'Саша')
  const invitation = await t.inviteMe.ask(sasha, 'Ужин в пятницу в восемь?', {
    answer: yesNo(),
    via: ['telegram', 'twilio-sms', 'email'],
    next: { unlessAnswered: '30m' },
    until: '1d',
    key: 'dinner-42:sasha',
  })
  await t.advance(0)
  expect(sam.newest()).toMatchObject({
    text: expect.stringContaining('Ужин в пятницу в восемь?'),
    buttons: [{ text: 'Да' }, { text: 'Нет' }],
  })

  await t.advance('29m')
  expect(phones.messages).toEqual([])
  await t.advance('2m')
  const [sms] = phones.messages
  expect(sms?.fields).toMatchObject({ To: phone, Body: expect.stringContaining('Ужин') })
  const about = { To: phone, From: twilioNumber, MessageSid: sms?.sid ?? '' }
  expect((await webhook({ ...about, MessageStatus: 'delivered' })).status).toBe(200)
  await t.advance('8m')
  await webhook({ MessageSid: messageSid(0xb01), From: phone, To: twilioNumber, Body: 'да', NumMedia: '0' })
  await t.advance('6h')

  expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'twilio-sms' })
  expect(sam.newest().text).toContain('Ужин в пятницу в восемь?')
  expect(sam.newest().text).toMatch(/Да/)
  expect(sam.newest().buttons).toEqual([])
  expect(mails.received).toEqual([])
  expect(t.troubles).toEqual([])

  const why = (await invitation.why())
    .split('\n')
    .map((line) => line.replace(/^(\d{4}-\d\d-\d\d \S+)? +/, ''))
  expect(why).toEqual([
    'asked to send by telegram, then twilio-sms, then email (times are UTC)',
    'telegram is given 30 min to be answered',
    'twilio-sms is given 30 min to be answered',
    'telegram accepted it',
    'telegram: not answered in time, so on to the next route',
    expect.stringMatching(/^twilio-sms accepted it/),
    'twilio-sms delivered it',
    expect.stringMatching(/^answered .+ by twilio-sms$/),
    'the message by telegram was brought up to date',
    'now: accepted by twilio-sms',
  ])
})

test('a tap on the old buttons after all is over is told politely, and changes nothing', async () => {
  const { t, chats } = await start()
  const sam = chats.person(4711, 'Саша')
  await chats.pushTo((request) => t.inviteMe.handleWebhook('telegram', request), webhookSecret)
  const invitation = await t.inviteMe.ask(sasha, 'Ужин?', { answer: yesNo(), until: '1h' })
  await t.advance(0)
  const [yes] = sam.newest().buttons
  await t.advance('2h')
  expect(await invitation.state()).toBe('expired')
  expect(sam.newest().buttons).toEqual([])
  await sam.pressesForged(yes?.callback_data ?? '')
  expect(await invitation.state()).toBe('expired')
})
