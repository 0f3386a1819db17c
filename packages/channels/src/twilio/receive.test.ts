import { isInviteMeError, type Channel, type InboundFact } from '@invite-me/core/channel'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sendContext, testMoment } from '../../../../tests/peers/outbound-message.ts'
import {
  messageSid,
  twilioAccount,
  twilioNumber,
  twilioWebhook,
} from '../../../../tests/peers/twilio-server.ts'
import { twilioSms } from '../twilio-sms.ts'
import { twilioWhatsapp } from '../twilio-whatsapp.ts'

const ann = '+491701234567'
const webhookUrl = 'https://app.guests.test/hooks/twilio'
const messagingServiceSid = `MG${'a'.repeat(32)}`
const account = { ...twilioAccount, from: twilioNumber, webhookUrl }
const sms = twilioSms(account)
const whatsapp = twilioWhatsapp(account)

type Fields = Readonly<Record<string, string>>

const fixture = (name: string): Fields => {
  const path = new URL(`../__fixtures__/twilio/${name}.json`, import.meta.url)
  const { fields }: { fields: Fields } = JSON.parse(readFileSync(path, 'utf8'))
  return fields
}

async function received(request: Request, channel: Channel = sms): Promise<readonly InboundFact[]> {
  return (await channel.receive?.(request, sendContext())) ?? []
}

const reply = (change: Fields = {}, channel: Channel = sms) =>
  received(twilioWebhook(webhookUrl, { ...fixture('sms-reply'), ...change }), channel)
const kinds = (facts: readonly InboundFact[]) => facts.map(({ kind }) => kind)
const isRefused = (error: unknown) => isInviteMeError(error) && error.code === 'WEBHOOK_REFUSED'

const smsReply = messageSid(0xa01)
const at = new Date(testMoment)

describe('what a person writes', () => {
  test('is an answer to the newest question sent to their number', async () => {
    expect(await reply()).toEqual([
      {
        id: smsReply,
        at,
        kind: 'answer',
        reference: { by: 'address', address: ann },
        from: ann,
        input: { kind: 'text', text: 'Yes' },
      },
    ])
  })

  test.each(['STOP', 'stop.', 'Please stop texting me', 'СТОП', 'Arrêt', 'abmelden'])(
    '"%s" opts out and answers nothing',
    async (text) => {
      expect(await reply({ Body: text })).toEqual([
        { id: `${smsReply}:stop`, at, kind: 'opted_out', address: ann },
      ])
    },
  )

  test.each(['END', 'Cancel', 'QUIT'])(
    '"%s" opts out, since the carrier has, and may be an answer',
    async (text) => {
      const facts = await reply({ Body: text })
      expect(facts).toMatchObject([
        { kind: 'opted_out', address: ann },
        { kind: 'answer', onlyIfClear: true, input: { kind: 'text', text } },
      ])
      expect(new Set(facts.map(({ id }) => id)).size).toBe(2)
    },
  )

  test.each([
    "please don't stop",
    'Stop by at 8?',
    'we stop at 9',
    'Yes',
    'Нет',
    '2',
    'cancel the fish, yes to soup',
  ])('"%s" is an answer', async (text) => {
    const [fact, ...more] = await reply({ Body: text })
    expect(fact).toMatchObject({ kind: 'answer', input: { kind: 'text', text } })
    expect(fact).not.toHaveProperty('onlyIfClear')
    expect(more).toEqual([])
  })

  test('YES subscribes nobody again, unless Twilio took it for that; it is an answer either way', async () => {
    expect(kinds(await reply({ Body: 'YES' }))).toEqual(['answer'])
    const taken = await reply({ Body: 'YES', OptOutType: 'START' })
    expect(taken).toMatchObject([{ kind: 'opted_in', address: ann }, { kind: 'answer' }])
    expect(taken[1]).not.toHaveProperty('onlyIfClear')
    expect(kinds(await reply({ Body: 'START' }))).toEqual(['opted_in'])
  })

  test('what Advanced Opt-Out took for a word of its own may still be an answer', async () => {
    expect(await reply({ Body: 'NEIN', OptOutType: 'STOP' })).toMatchObject([
      { kind: 'opted_out' },
      { kind: 'answer', onlyIfClear: true },
    ])
    expect(
      kinds(await reply({ ...fixture('sms-stop') }, twilioSms({ ...account, messagingServiceSid }))),
    ).toEqual(['opted_out'])
    expect(kinds(await reply({ Body: 'JOIN', OptOutType: 'START' }))).toEqual(['opted_in', 'answer'])
  })

  test('HELP is left to Twilio', async () => {
    expect(kinds(await reply({ Body: 'HELP' }))).toEqual(['ignored'])
    expect(kinds(await reply({ Body: 'was ist das', OptOutType: 'HELP' }))).toEqual(['ignored'])
  })

  test('a picture without words is kept for a human', async () => {
    expect(await reply(fixture('sms-photo'))).toMatchObject([
      { kind: 'proposed', reference: { by: 'address', address: ann }, text: 'without words: image/jpeg' },
    ])
    expect(await reply({ ...fixture('sms-photo'), Body: 'Yes' })).toMatchObject([{ kind: 'answer' }])
    expect(await reply({ Body: ' ', NumMedia: '1', MediaContentType0: '<script>' })).toMatchObject([
      { kind: 'proposed', text: 'without words: a file' },
    ])
  })

  test.each([
    ['to a number that is not ours', { To: '+14155550199' }],
    ['from a short code', { From: '12345' }],
    ['from a name', { From: 'BANK' }],
    ['by WhatsApp', { From: `whatsapp:${ann}`, To: `whatsapp:${twilioNumber}` }],
    ['from nobody', { From: '' }],
  ])('what comes %s is ignored', async (_what, change) => {
    expect(kinds(await reply(change))).toEqual(['ignored'])
  })

  test('more numbers and the numbers of a Messaging Service are ours', async () => {
    const more = twilioSms({ ...account, ownNumbers: ['+14155550199'] })
    expect(kinds(await reply({ To: '+14155550199' }, more))).toEqual(['answer'])
    const service = twilioSms({ ...account, from: undefined, messagingServiceSid })
    expect(kinds(await reply({ MessagingServiceSid: messagingServiceSid }, service))).toEqual(['answer'])
    expect(kinds(await reply({ MessagingServiceSid: `MG${'f'.repeat(32)}` }, service))).toEqual(['ignored'])
    expect(kinds(await reply({}, service))).toEqual(['ignored'])
  })

  test('4,000 letters, pictures and markup come in as they are', async () => {
    const text = `${'ж'.repeat(4_000)}👍 <b>&amp;</b> שלום\nTo: eve`
    expect(await reply({ Body: text })).toMatchObject([{ input: { kind: 'text', text } }])
  })
})

describe('what Twilio reports', () => {
  const report = (status: string, change: Fields = {}) =>
    received(twilioWebhook(webhookUrl, { ...fixture('sms-delivered'), MessageStatus: status, ...change }))
  const reference = { by: 'provider-message', providerMessageId: messageSid(1) }

  test('delivered and read are facts about the message', async () => {
    expect(await received(twilioWebhook(webhookUrl, fixture('sms-delivered')))).toEqual([
      { id: `${messageSid(1)}:delivered`, at, kind: 'delivered', reference },
    ])
    expect(await received(twilioWebhook(webhookUrl, fixture('whatsapp-read')), whatsapp)).toMatchObject([
      { id: `${messageSid(1)}:read`, kind: 'read', reference },
    ])
  })

  test('the final price is told where there is one', async () => {
    expect(await report('delivered', { Price: '-0.00790', PriceUnit: 'usd' })).toMatchObject([
      { detail: 'It cost 0.0079 USD.' },
    ])
    for (const [Price, PriceUnit] of [
      ['', 'USD'],
      ['much', 'USD'],
      ['1', '<b>'],
    ] as const)
      expect((await report('delivered', { Price, PriceUnit }))[0]).not.toHaveProperty('detail')
  })

  test.each(['failed', 'undelivered'])('%s has the class of its code', async (status) => {
    expect(await report(status, { ErrorCode: '30005' })).toMatchObject([
      {
        id: `${messageSid(1)}:${status}`,
        kind: 'failed',
        reference,
        outcome: { status: 'permanent_recipient', providerCode: '30005' },
      },
    ])
  })

  test('a failure without a code, or with an odd one, is laid to the message', async () => {
    for (const change of [
      {},
      { ErrorCode: '' },
      { ErrorCode: '0' },
      { ErrorCode: '99999' },
      { ErrorCode: 'DROP' },
    ])
      expect(await report('failed', change)).toMatchObject([{ outcome: { status: 'permanent_content' } }])
  })

  test('what was cancelled at Twilio has failed', async () => {
    expect(await report('canceled')).toMatchObject([
      { kind: 'failed', outcome: { status: 'permanent_content' } },
    ])
  })

  test.each([
    'accepted',
    'scheduled',
    'queued',
    'sending',
    'sent',
    'partially_delivered',
    'receiving',
    'received',
    'new',
  ])('%s changes nothing', async (status) => {
    expect(kinds(await report(status))).toEqual(['ignored'])
  })

  test('a message outside the 24 hours names what is missing', async () => {
    const facts = await received(twilioWebhook(webhookUrl, fixture('whatsapp-outside-window')), whatsapp)
    expect(facts).toMatchObject([
      {
        outcome: {
          status: 'permanent_content',
          providerCode: '63016',
          detail: expect.stringContaining('templates'),
        },
      },
    ])
  })
})

describe('who may bring something in', () => {
  const good = fixture('sms-reply')

  test('only what is signed for the configured address, however the request came here', async () => {
    const elsewhere = 'http://10.0.0.7:8080/hooks/twilio'
    expect(await received(twilioWebhook(webhookUrl, good, { calledAt: elsewhere }))).toHaveLength(1)
    const forElsewhere = new Request(elsewhere, twilioWebhook(elsewhere, good))
    forElsewhere.headers.set('x-forwarded-host', 'app.guests.test')
    await expect(received(forElsewhere)).rejects.toSatisfy(isRefused)
  })

  test('a query Twilio adds is signed too', async () => {
    const url = `${webhookUrl}?tenant=7`
    expect(await received(twilioWebhook(url, good))).toHaveLength(1)
    expect(await received(twilioWebhook(url, good), twilioSms({ ...account, webhookUrl: url }))).toHaveLength(
      1,
    )
    await expect(
      received(twilioWebhook(url, good, { calledAt: `${webhookUrl}?tenant=8` })),
    ).rejects.toSatisfy(isRefused)
  })

  test('either auth token counts while one is being changed', async () => {
    const changing = twilioSms({ ...account, authToken: 'new', otherAuthToken: twilioAccount.authToken })
    expect(await received(twilioWebhook(webhookUrl, good), changing)).toHaveLength(1)
    expect(await received(twilioWebhook(webhookUrl, good, { authToken: 'new' }), changing)).toHaveLength(1)
    await expect(received(twilioWebhook(webhookUrl, good, { authToken: 'old' }), changing)).rejects.toSatisfy(
      isRefused,
    )
  })

  test('no signature, another method, another field', async () => {
    const request = twilioWebhook(webhookUrl, good)
    request.headers.delete('x-twilio-signature')
    await expect(received(request)).rejects.toSatisfy(isRefused)
    const { headers } = twilioWebhook(webhookUrl, {})
    await expect(received(new Request(webhookUrl, { headers }))).rejects.toSatisfy(isRefused)
    const body = new URLSearchParams({ ...good, Body: 'No' })
    const changed = new Request(webhookUrl, {
      method: 'POST',
      headers: twilioWebhook(webhookUrl, good).headers,
      body,
    })
    await expect(received(changed)).rejects.toSatisfy(isRefused)
  })

  test('a huge body is not read to its end', async () => {
    const body = `Body=${'x'.repeat(2_000_000)}`
    const request = new Request(webhookUrl, {
      method: 'POST',
      headers: twilioWebhook(webhookUrl, good).headers,
      body,
    })
    await expect(received(request)).rejects.toSatisfy(
      (error) => isInviteMeError(error) && error.code === 'BODY_TOO_LARGE',
    )
  })

  test('a JSON body is covered by its digest', async () => {
    const body = JSON.stringify(good)
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(body))).toString('hex')
    const url = `${webhookUrl}?bodySHA256=${digest}`
    const { headers } = twilioWebhook(url, {})
    const json = (text: string) => new Request(url, { method: 'POST', headers, body: text })
    expect(await received(json(body))).toMatchObject([{ kind: 'answer', input: { text: 'Yes' } }])
    await expect(received(json(body.replace('Yes', 'No')))).rejects.toSatisfy(isRefused)
  })

  test('the same webhook again has the same ids; one about something else is ignored', async () => {
    expect(await reply()).toEqual(await reply())
    const call = twilioWebhook(webhookUrl, { CallSid: `CA${'1'.repeat(32)}`, CallStatus: 'ringing' })
    expect(kinds(await received(call))).toEqual(['ignored'])
  })

  test('Twilio is answered with an empty document', async () => {
    const response = await sms.acknowledge?.([], sendContext())
    expect(response?.headers.get('content-type')).toContain('text/xml')
    expect(await response?.text()).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>')
  })
})

describe('WhatsApp', () => {
  const wa = (name: string, change: Fields = {}) =>
    received(twilioWebhook(webhookUrl, { ...fixture(name), ...change }), whatsapp)

  test('a pressed button is the option, for the message it belongs to', async () => {
    expect(await wa('whatsapp-button')).toEqual([
      {
        id: messageSid(0xb02),
        at,
        kind: 'answer',
        reference: { by: 'provider-message', providerMessageId: messageSid(1) },
        from: ann,
        input: { kind: 'option', value: 'yes' },
      },
    ])
  })

  test('words belong to the message they reply to, else to the newest question', async () => {
    expect(await wa('whatsapp-reply')).toMatchObject([
      { reference: { by: 'address', address: ann }, input: { kind: 'text', text: 'yes please' } },
    ])
    expect(await wa('whatsapp-reply', { OriginalRepliedMessageSid: messageSid(7) })).toMatchObject([
      { reference: { by: 'provider-message', providerMessageId: messageSid(7) } },
    ])
    expect(await wa('whatsapp-button', { ButtonPayload: '', Body: 'Yes' })).toMatchObject([
      { input: { kind: 'text', text: 'Yes' } },
    ])
  })

  test('no carrier listens: STOP opts out, but CANCEL and HELP are words', async () => {
    expect(kinds(await wa('whatsapp-reply', { Body: 'STOP' }))).toEqual(['opted_out'])
    expect(kinds(await wa('whatsapp-reply', { Body: 'CANCEL' }))).toEqual(['answer'])
    expect(kinds(await wa('whatsapp-reply', { Body: 'HELP' }))).toEqual(['answer'])
    expect(kinds(await wa('whatsapp-reply', { Body: 'HELP', OptOutType: 'HELP' }))).toEqual(['ignored'])
    expect(kinds(await wa('whatsapp-button', { ButtonPayload: 'stop', Body: 'Stop' }))).toEqual(['answer'])
  })

  test('a text message is not for this channel', async () => {
    expect(kinds(await wa('sms-reply'))).toEqual(['ignored'])
  })
})
