import type { Channel, OutboundMessage } from '@invite-me/core/channel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { outboundMessage, sendContext, testMoment } from '../../../tests/peers/outbound-message.ts'
import { explainNoPrism, startPrism } from '../../../tests/peers/prism.ts'
import {
  messageSid,
  startTwilioServer,
  twilioAccount,
  twilioNumber,
  twilioWebhook,
  type TwilioServer,
} from '../../../tests/peers/twilio-server.ts'
import { twilioWhatsapp } from './twilio-whatsapp.ts'

const ann = '+491701234567'
const webhookUrl = 'https://app.guests.test/hooks/twilio-whatsapp'
const contentSid = (letter: string) => `HX${letter.repeat(32)}`
const templates = { yesNo: { contentSid: contentSid('a') }, text: { contentSid: contentSid('b') } }
type Options = Parameters<typeof twilioWhatsapp>[0]

let server: TwilioServer

beforeEach(async () => {
  server = await startTwilioServer({ now: () => testMoment })
})
afterEach(() => server.close())

const make = (options: Partial<Options> = {}) =>
  twilioWhatsapp({ ...twilioAccount, from: twilioNumber, webhookUrl, baseUrl: server.url, ...options })
const dinner = (change: Partial<OutboundMessage> = {}) =>
  outboundMessage({ to: { address: ann, name: 'Ann' }, ...change })
const at = (hoursLater: number) => {
  const context = sendContext()
  return { ...context, clock: { ...context.clock, now: () => testMoment + hoursLater * 3_600_000 } }
}
const send = (channel: Channel, change: Partial<OutboundMessage> = {}, hoursLater = 0) =>
  channel.send(dinner(change), at(hoursLater))
const sent = () => server.messages.at(-1)?.fields ?? {}
const hearFrom = (channel: Channel, address: string) =>
  channel.receive?.(
    twilioWebhook(webhookUrl, {
      MessageSid: messageSid(900),
      From: `whatsapp:${address}`,
      To: `whatsapp:${twilioNumber}`,
      Body: 'Hello',
    }),
    at(0),
  )
const menu = { spec: { type: 'text', maxLength: 100 }, actions: [] } as const

test('without templates a question goes out in words, to numbers with their scheme', async () => {
  expect(await send(make())).toEqual({ status: 'accepted', providerMessageId: messageSid(1) })
  expect(sent()).toEqual({
    To: `whatsapp:${ann}`,
    From: `whatsapp:${twilioNumber}`,
    Body: 'Anna: Dinner on Friday at 8?\nReply YES or NO.\nOr: https://portal.test/r/tokentokentoken',
    StatusCallback: webhookUrl,
  })
})

test('landlines can have WhatsApp; a bare number is left to text messages', () => {
  const channel = make()
  expect(channel.address?.('+44 20 7946 0958')).toMatchObject({ ok: true })
  expect(channel.address?.('+1 900 555 0199')).toMatchObject({ ok: false })
  expect(channel.address?.(`whatsapp:${ann}`)).toMatchObject({ ok: false })
  expect(channel.recognises?.(ann)).toBe(false)
})

test('what is no number, too long, or too late does not leave', async () => {
  expect(await send(make(), { to: { address: 'sam' } })).toMatchObject({ status: 'permanent_recipient' })
  expect(await send(make(), { content: { text: 'x'.repeat(1_201) } })).toMatchObject({
    status: 'permanent_content',
  })
  expect(await send(make({ templates }), { until: new Date(testMoment) })).toMatchObject({
    status: 'permanent_content',
  })
  expect(server.requests).toEqual([])
})

describe('templates', () => {
  test('with buttons are used for yes or no, always', async () => {
    const channel = make({ templates })
    expect(await send(channel)).toMatchObject({ status: 'accepted', detail: 'sent as a template' })
    expect(sent()).toMatchObject({ ContentSid: templates.yesNo.contentSid })
    expect(JSON.parse(sent()['ContentVariables'] ?? '')).toEqual({ '1': 'Dinner on Friday at 8?' })
    expect(sent()).not.toHaveProperty('Body')
    await hearFrom(channel, ann)
    await send(channel)
    expect(sent()).toHaveProperty('ContentSid')
  })

  test('are filled as they are set up, with nothing WhatsApp refuses', async () => {
    const yesNo = {
      contentSid: contentSid('c'),
      variables: { '1': 'name', '2': 'from', question: 'text', '4': 'link', '5': 'linkToken' },
    } as const
    await send(make({ templates: { yesNo } }), {
      content: { text: "Dinner\n\n\ton Friday     at 8 o'clock? 👍" },
    })
    expect(JSON.parse(sent()['ContentVariables'] ?? '')).toEqual({
      '1': 'Ann',
      '2': 'Anna',
      question: 'Dinner / / on Friday at 8 o’clock? 👍',
      '4': 'https://portal.test/r/tokentokentoken',
      '5': 'tokentokentoken',
    })
    await send(make({ templates: { yesNo } }), { to: { address: ann }, originator: null, links: {} })
    expect(JSON.parse(sent()['ContentVariables'] ?? '')).toMatchObject({
      '1': '-',
      '2': '-',
      '4': '-',
      '5': '-',
    })
  })

  test('carry other questions to people who have not written for 24 hours', async () => {
    const channel = make({ templates })
    await send(channel, { answer: menu })
    expect(JSON.parse(sent()['ContentVariables'] ?? '')).toEqual({
      '1': 'Anna: Dinner on Friday at 8? / Reply with your answer. / Or: https://portal.test/r/tokentokentoken',
    })
    await hearFrom(channel, ann)
    await send(channel, { answer: menu }, 23)
    expect(sent()).toHaveProperty('Body')
    await send(channel, { answer: menu, to: { address: '+491707654321' } }, 23)
    expect(sent()).toHaveProperty('ContentSid')
    await send(channel, { answer: menu }, 24)
    expect(sent()).toHaveProperty('ContentSid')
  })

  test('are tried at once when Twilio says that the 24 hours are over', async () => {
    const channel = make({ templates })
    await hearFrom(channel, ann)
    server.script([63016])
    expect(await send(channel, { answer: menu })).toMatchObject({
      status: 'accepted',
      detail: 'sent as a template',
    })
    expect(server.requests).toEqual(['POST /Messages.json', 'POST /Messages.json'])
    expect(sent()).toMatchObject({ ContentSid: templates.text.contentSid })
  })

  test('that are missing are named', async () => {
    server.answer(63016)
    expect(await send(make(), { answer: menu })).toMatchObject({
      status: 'permanent_content',
      providerCode: '63016',
      detail: expect.stringContaining('templates'),
    })
    expect(server.requests).toHaveLength(1)
  })

  test('that WhatsApp refuses are not sent in other words', async () => {
    server.answer(63027)
    expect(await send(make({ templates }))).toMatchObject({
      status: 'permanent_content',
      providerCode: '63027',
    })
    expect(server.requests).toHaveLength(1)
  })
})

test('a doubtful message is found; when Twilio does not tell a template’s words, nothing is claimed', async () => {
  server.script(['taken_and_cut', 'taken_and_cut'])
  const since = new Date(testMoment)
  const find = (channel: Channel) => channel.find?.(dinner(), { ...at(1), since })
  expect(await send(make())).toMatchObject({ status: 'unknown' })
  expect(await find(make())).toMatchObject({ status: 'found', providerMessageId: messageSid(1) })
  const other = make({ from: '+14155550199', templates })
  expect(await find(other)).toEqual({ status: 'absent' })
  await send(other)
  expect(await find(other)).toEqual({ status: 'unknown' })
})

const specName = 'twilio/twilio_api_v2010.json'
const noPrism = explainNoPrism(specName)

test.skipIf(noPrism !== undefined)(
  `words and templates are taken by the official API description${noPrism === undefined ? '' : ` (${noPrism})`}`,
  { timeout: 60_000 },
  async () => {
    const prism = await startPrism(specName)
    try {
      for (const options of [
        {},
        { templates },
        { from: undefined, messagingServiceSid: `MG${'a'.repeat(32)}` },
      ])
        expect(await send(make({ ...options, baseUrl: prism.url }))).toMatchObject({
          status: 'accepted',
        })
    } finally {
      await prism.close()
    }
  },
)
