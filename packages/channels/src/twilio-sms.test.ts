import type { Channel, OutboundMessage } from '@invite-me/core/channel'
import twilio from 'twilio'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../../tests/peers/free-port.ts'
import { outboundMessage, sendContext, testMoment } from '../../../tests/peers/outbound-message.ts'
import { explainNoPrism, startPrism, type Prism } from '../../../tests/peers/prism.ts'
import {
  messageSid,
  startTwilioServer,
  twilioAccount,
  twilioNumber,
  type TwilioServer,
} from '../../../tests/peers/twilio-server.ts'
import { twilioSms } from './twilio-sms.ts'

const ann = '+491701234567'
const webhookUrl = 'https://app.guests.test/hooks/twilio-sms'
const messagingServiceSid = `MG${'a'.repeat(32)}`
type Options = Parameters<typeof twilioSms>[0]

const dinner = (change: Partial<OutboundMessage> = {}) =>
  outboundMessage({ to: { address: ann, name: 'Ann' }, ...change })
const send = (channel: Channel, change: Partial<OutboundMessage> = {}) =>
  channel.send(dinner(change), sendContext())

/** A message that asks for nothing, as it is. */
const notice = (text: string): OutboundMessage => {
  const { answer: _answer, ...rest } = dinner({ content: { text }, originator: null, links: {} })
  return rest
}
const sendNotice = (channel: Channel, text: string) => channel.send(notice(text), sendContext())

describe('against a server that keeps messages', () => {
  let server: TwilioServer

  beforeEach(async () => {
    server = await startTwilioServer({ now: () => testMoment })
  })
  afterEach(() => server.close())

  const make = (options: Partial<Options> = {}) =>
    twilioSms({ ...twilioAccount, from: twilioNumber, webhookUrl, baseUrl: server.url, ...options })
  const fields = () => server.messages.at(-1)?.fields ?? {}

  test('a question goes out with how to answer it, its link, and where reports go', async () => {
    expect(await send(make())).toEqual({
      status: 'accepted',
      providerMessageId: messageSid(1),
      detail: '1 segment',
    })
    expect(fields()).toEqual({
      To: ann,
      From: twilioNumber,
      Body: 'Anna: Dinner on Friday at 8?\nReply YES or NO.\nOr: https://portal.test/r/tokentokentoken',
      StatusCallback: webhookUrl,
    })
  })

  test.each([
    ['yesNo', { type: 'yesNo' }, 'Reply YES or NO.'],
    ['rsvp', { type: 'rsvp', maxParty: 1 }, 'Reply YES, NO or MAYBE.'],
    ['number', { type: 'number', integer: true, min: 1, max: 8 }, 'Reply with a number (1-8).'],
    ['date', { type: 'date' }, 'Reply with a date'],
    ['text', { type: 'text', maxLength: 100 }, 'Reply with your answer.'],
  ] as const)('%s is asked for in words', async (_name, spec, words) => {
    await send(make({ answerLink: 'ifNeeded' }), { answer: { spec, actions: [] } })
    expect(fields()['Body']).toContain(words)
    expect(fields()['Body']).not.toContain('https://')
  })

  test('a number is written as Twilio wants it, whatever way it was stored', async () => {
    await send(make({ defaultCountry: 'RU' }), { to: { address: '8 (912) 345-67-89' } })
    expect(fields()['To']).toBe('+79123456789')
  })

  test('what is no number, and what is too long, does not leave', async () => {
    const channel = make({ allowCountries: ['US'] })
    expect(await send(channel)).toMatchObject({ status: 'permanent_recipient', scope: 'recipient' })
    expect(await send(make(), { to: { address: '+14155550100\nTo: x' } })).toMatchObject({
      status: 'permanent_recipient',
    })
    expect(await sendNotice(make(), 'x'.repeat(1_201))).toMatchObject({ status: 'permanent_content' })
    const stranger = { originator: { name: 'n'.repeat(600) }, content: { text: 'x'.repeat(1_200) } }
    expect(await send(make(), stranger)).toMatchObject({ status: 'permanent_content' })
    expect(server.requests).toEqual([])
  })

  test('fifty long options are left to the page', async () => {
    const options = Array.from({ length: 50 }, (_none, index) => {
      const label = `Option ${String(index)} ${'x'.repeat(40)}`
      return { value: String(index), label }
    })
    await send(make(), { answer: { spec: { type: 'choice', options, multiple: false }, actions: options } })
    expect(fields()['Body']).toBe(
      'Anna: Dinner on Friday at 8?\nAnswer: https://portal.test/r/tokentokentoken',
    )
  })

  test('a form has only its page', async () => {
    await send(make({ answerLink: 'ifNeeded' }), {
      answer: { spec: { type: 'form', schema: {} }, actions: [] },
    })
    expect(fields()['Body']).toContain('Answer: https://portal.test/r/')
  })

  test.each([
    ['an hour', 3_600_000, '3600'],
    ['a day, more than Twilio keeps messages', 86_400_000, '36000'],
    ['a second and a half', 1_500, '1'],
  ])('a deadline in %s becomes the validity', async (_what, ms, seconds) => {
    await send(make(), { until: new Date(testMoment + ms) })
    expect(fields()['ValidityPeriod']).toBe(seconds)
  })

  test.each([999, 0, -5_000])('a deadline in %i ms is too near', async (ms) => {
    const outcome = await send(make(), { until: new Date(testMoment + ms) })
    expect(outcome).toMatchObject({ status: 'permanent_content', scope: 'message' })
    expect(server.requests).toEqual([])
  })

  test('a Messaging Service chooses the sender; segments are then counted here', async () => {
    const channel = twilioSms({
      ...twilioAccount,
      messagingServiceSid,
      baseUrl: server.url,
      pricePerSegment: { amount: 0.0079, currency: 'USD' },
    })
    expect(await sendNotice(channel, 'x'.repeat(200))).toMatchObject({
      detail: '2 segments (GSM-7), about 0.0158 USD',
    })
    expect(fields()).not.toHaveProperty('From')
    expect(fields()).toMatchObject({ MessagingServiceSid: messagingServiceSid })
    expect(await sendNotice(channel, `${'x'.repeat(150)}’`)).toMatchObject({
      detail: '3 segments (UCS-2), about 0.0237 USD',
    })
  })

  test('smart encoding is asked for, and the estimate follows it', async () => {
    const channel = make({ from: undefined, messagingServiceSid, smartEncoding: true })
    const outcome = await sendNotice(channel, `${'x'.repeat(150)}’`)
    expect(outcome).toMatchObject({ detail: '1 segment (GSM-7)' })
    expect(fields()).toMatchObject({ SmartEncoded: 'true' })
  })

  test('without a webhook, or from a name, answers come by link alone', async () => {
    const alone = twilioSms({ ...twilioAccount, from: twilioNumber, baseUrl: server.url })
    expect(alone.supports).toMatchObject({ answers: [], reports: [] })
    expect(alone.receive).toBeUndefined()
    await send(alone)
    expect(fields()['Body']).toMatch(/^Anna: Dinner on Friday at 8\?\nAnswer: https:/)
    expect(fields()).not.toHaveProperty('StatusCallback')
    expect(make({ from: 'DINNER' }).supports).toMatchObject({ answers: [], reports: ['delivered'] })
    expect(make().supports.answers).toContain('yesNo')
  })

  test('how to opt out is told where it is wished', async () => {
    await send(make({ stopHint: true }))
    expect(fields()['Body']).toContain('Reply STOP')
  })

  test('control characters become spaces, and nothing else changes', async () => {
    const text = 'a\u0000b\r\nc\u2028d 👩‍👩‍👧 שלום <b>&</b>'
    await sendNotice(make(), text)
    expect(fields()['Body']).toBe('a b\nc\nd 👩‍👩‍👧 שלום <b>&</b>')
  })

  test('a bare text is an address only when it is a whole international number', () => {
    expect(make().recognises?.(' +49 170 1234567')).toBe(true)
    expect(make().recognises?.('0170 1234567')).toBe(false)
    expect(make().recognises?.('sam')).toBe(false)
  })

  test('too many, a cut, and a slow answer: one send each, and nothing is sent twice', async () => {
    const channel = make()
    server.script(['too_many', 'taken_and_cut', 'slow'])
    expect(await send(channel)).toMatchObject({
      status: 'rate_limited',
      retryAfterMs: 2_000,
      scope: 'sender',
    })
    const since = new Date(testMoment)
    expect(await send(channel)).toMatchObject({ status: 'unknown' })
    const later = { ...sendContext({ attempt: 1 }), since }
    expect(await channel.find?.(dinner(), later)).toMatchObject({
      status: 'found',
      providerMessageId: messageSid(1),
    })
    expect(await send(channel, { to: { address: '+491707654321' } })).toMatchObject({ status: 'accepted' })
    expect(server.requests.filter((line) => line.startsWith('POST'))).toHaveLength(3)
    expect(server.messages).toHaveLength(2)
  })

  test('a code given by hand counts', async () => {
    server.answer(21608)
    expect(await send(make())).toMatchObject({ status: 'permanent_content', providerCode: '21608' })
    expect(await send(make({ errorClasses: { '21608': 'permanent_recipient' } }))).toMatchObject({
      status: 'permanent_recipient',
    })
  })

  describe('looking for a message', () => {
    const at = (secondsLater: number, change: Partial<OutboundMessage> = {}, channel = make()) =>
      channel.find?.(dinner(change), {
        ...sendContext({ clock: { ...sendContext().clock, now: () => testMoment + secondsLater * 1_000 } }),
        since: new Date(testMoment),
      })

    test('finds it although its links have new tokens', async () => {
      await send(make())
      const links = {
        respond: 'https://portal.test/r/another-token',
        unsubscribe: 'https://portal.test/u/other',
      }
      expect(await at(1, { links })).toMatchObject({
        status: 'found',
        detail: expect.stringContaining('queued'),
      })
    })

    test('finds it with smart letters replaced, and behind the words of a trial account', async () => {
      const text = 'It’s on — 8 o’clock'
      const plain = "Sent from your Twilio trial account - Anna: It's on - 8 o'clock"
      const { answer: _answer, ...rest } = dinner({ content: { text: plain }, originator: null })
      await make().send(rest, sendContext())
      const { answer: _none, ...sought } = dinner({ content: { text } })
      const found = await make({ smartEncoding: true }).find?.(sought, {
        ...sendContext(),
        since: new Date(testMoment),
      })
      expect(found).toMatchObject({ status: 'found' })
    })

    test('does not take another text, another person or an older message for it', async () => {
      await send(make(), { content: { text: 'Lunch?' } })
      await send(make(), { to: { address: '+491707654321' } })
      expect(await at(60)).toEqual({ status: 'absent' })
      await send(make())
      const found = await make().find?.(dinner(), {
        ...sendContext({ clock: { ...sendContext().clock, now: () => testMoment + 60_000 } }),
        since: new Date(testMoment + 10_000),
      })
      expect(found).toEqual({ status: 'absent' })
    })

    test('does not say "absent" before the list can have it', async () => {
      expect(await at(9)).toEqual({ status: 'unknown' })
      expect(await at(10)).toEqual({ status: 'absent' })
    })

    test('reads the list to its end, but not for ever', async () => {
      await send(make())
      for (let index = 0; index < 250; index += 1) await sendNotice(make(), `Notice ${String(index)}`)
      expect(await at(60)).toMatchObject({ status: 'found', providerMessageId: messageSid(1) })
      for (let index = 0; index < 800; index += 1) await sendNotice(make(), `More ${String(index)}`)
      expect(await at(60)).toMatchObject({ status: 'unknown' })
    }, 60_000)
  })

  describe('with a client of the twilio package', () => {
    const official = (username = twilioAccount.accountSid, password = twilioAccount.authToken) => {
      let requests = 0
      const inner = new twilio.RequestClient()
      const httpClient = Object.assign(Object.create(inner), {
        request: async (options: Parameters<typeof inner.request>[0]) => {
          requests += 1
          return inner.request(options)
        },
      })
      const client = twilio(username, password, { accountSid: twilioAccount.accountSid, httpClient })
      return { client, requests: () => requests }
    }
    const withClient = (client: Options['client']) =>
      twilioSms({ accountSid: twilioAccount.accountSid, from: twilioNumber, baseUrl: server.url, client })

    test('the same goes out by its own HTTP client', async () => {
      const { client, requests } = official()
      const channel = withClient(client)
      expect(await send(channel)).toMatchObject({ status: 'accepted', providerMessageId: messageSid(1) })
      expect(fields()).toMatchObject({ To: ann, From: twilioNumber })
      expect(await channel.probe?.(AbortSignal.timeout(5_000))).toMatchObject({ ok: true })
      const since = new Date(testMoment)
      expect(await channel.find?.(dinner(), { ...sendContext(), since })).toMatchObject({ status: 'found' })
      expect(requests()).toBe(4)
    })

    test('troubles mean the same, Retry-After too', async () => {
      const channel = withClient(official().client)
      server.script(['too_many', 'cut_after', 'said_stop', 'unwell'])
      expect(await send(channel)).toMatchObject({ status: 'rate_limited', retryAfterMs: 2_000 })
      expect(await send(channel)).toMatchObject({ status: 'unknown', providerCode: 'ECONNRESET' })
      expect(await send(channel)).toMatchObject({ status: 'opted_out', providerCode: '21610' })
      expect(await send(channel)).toMatchObject({ status: 'retryable', providerCode: '20503' })
      const nobody = make({
        authToken: undefined,
        webhookUrl: undefined,
        client: official().client,
        baseUrl: await deadEnd(),
      })
      expect(await send(nobody)).toMatchObject({ status: 'retryable', providerCode: 'ECONNREFUSED' })
    })

    test('a send that is called off ends at once', async () => {
      server.answer('silent')
      const signal = AbortSignal.timeout(100)
      const outcome = await withClient(official().client).send(dinner(), sendContext({ signal }))
      expect(outcome).toMatchObject({ status: 'unknown' })
    })

    test('wrong credentials are told', async () => {
      const channel = withClient(official(twilioAccount.accountSid, 'wrong').client)
      expect(await send(channel)).toMatchObject({ status: 'permanent_config', providerCode: '20003' })
      expect(await channel.probe?.(AbortSignal.timeout(5_000))).toMatchObject({ ok: false })
    })
  })

  test('a check tells a sender that is not one of the account', async () => {
    const probe = (options: Partial<Options>) => make(options).probe?.(AbortSignal.timeout(5_000))
    expect(await probe({})).toEqual({
      ok: true,
      detail: 'Twilio takes the credentials and knows the sender.',
    })
    expect(await probe({ from: '+14155550199' })).toMatchObject({ ok: false })
    expect(await probe({ from: 'DINNER' })).toMatchObject({ ok: true })
    expect(await probe({ authToken: 'wrong' })).toEqual({
      ok: false,
      detail: 'Twilio refuses the credentials. (20003)',
    })
    expect(server.requests.filter((line) => line.startsWith('POST'))).toEqual([])
  })
})

const specName = 'twilio/twilio_api_v2010.json'
const noPrism = explainNoPrism(specName)

describe.skipIf(noPrism !== undefined)(
  `against the official API description${noPrism === undefined ? '' : ` (${noPrism})`}`,
  () => {
    let prism: Prism

    beforeAll(async () => {
      prism = await startPrism(specName)
    }, 60_000)
    afterAll(() => prism.close())

    const make = (options: Partial<Options> = {}) =>
      twilioSms({ ...twilioAccount, from: twilioNumber, webhookUrl, baseUrl: prism.url, ...options })

    test.each([
      ['a question', {}, {}],
      ['a deadline', {}, { until: new Date(testMoment + 60_000) }],
      ['a Messaging Service', { from: undefined, messagingServiceSid, smartEncoding: true }, {}],
      ['an API key', { apiKey: { sid: `SK${'b'.repeat(32)}`, secret: 'secret' } }, {}],
    ] as const)('%s is taken', async (_what, options, change) => {
      expect(await send(make(options), change)).toMatchObject({
        status: 'accepted',
        providerMessageId: expect.stringMatching(/^SM/),
      })
    })

    test('a request the description forbids is refused, and blames the message', async () => {
      const client = { request: forbidden }
      expect(await send(make({ client }))).toMatchObject({ status: 'permanent_content', providerCode: '422' })
    })

    test('without credentials nothing is taken', async () => {
      const client = { request: anonymous }
      expect(await send(make({ client }))).toMatchObject({ status: 'permanent_config', providerCode: '401' })
    })

    test('looking for a message and checking the account are calls it knows', async () => {
      const found = await make().find?.(dinner(), { ...sendContext(), since: new Date(testMoment) })
      expect(found).toMatchObject({
        status: expect.stringMatching(/absent|unknown/),
      })
      expect(await make().probe?.(AbortSignal.timeout(5_000))).toMatchObject({
        detail: expect.not.stringContaining('('),
      })
    })
  },
)

interface Asked {
  readonly method: string
  readonly uri: string
  readonly data?: object
}

async function ask({ method, uri }: Asked, data: object | undefined, headers: Record<string, string>) {
  const body = data === undefined ? undefined : new URLSearchParams(Object.entries(data))
  const response = await fetch(uri, { method, headers, ...(body !== undefined && { body }) })
  return { statusCode: response.status, body: await response.text(), headers: {} }
}

/** An address nobody listens at. */
const deadEnd = async () => `http://127.0.0.1:${String(await freePort())}`

/** A client that forgets to log in. */
const anonymous = (asked: Asked) => ask(asked, asked.data, {})

/** A client that leaves out to whom, and writes a word for a number. */
const forbidden = (asked: Asked) => {
  const { To: _to, ...rest } = Object(asked.data) as Readonly<Record<string, string>>
  const authorization = `Basic ${Buffer.from('AC1:token').toString('base64')}`
  return ask(asked, { ...rest, ValidityPeriod: 'soon' }, { authorization })
}
