import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isInviteMeError } from '@invite-me/core/channel'
import { receiveEmail, type ReceiveOptions } from './receive.ts'
import { taggedAddress } from './tagged-address.ts'

const token = 'k7Qm2xV9bT4sW8nL3pR6dY'
const options = {
  reply: taggedAddress('reply+{token}@reply.guests.test'),
  bounce: taggedAddress('bounce+{token}@bounce.dinner.test'),
  maxBytes: 100_000,
  now: Date.UTC(2026, 10, 22),
}

function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../__fixtures__/email/${name}.eml`, import.meta.url)))
}

function receive(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
  change: Partial<ReceiveOptions> = {},
) {
  const request = new Request('http://mail.test/', {
    method: 'POST',
    body,
    headers: { 'content-type': 'message/rfc822', ...headers },
  })
  return receiveEmail(request, { ...options, ...change })
}

const plain = (headers: readonly string[], text = 'Yes') => `${headers.join('\r\n')}\r\n\r\n${text}\r\n`

describe('an answer', () => {
  test('names its token, its words and its sender', async () => {
    expect(await receive(fixture('gmail-en'))).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        at: new Date(options.now),
        kind: 'answer',
        reference: { by: 'token', token },
        input: { kind: 'text', text: 'Yes, with pleasure!' },
        from: 'ann@guests.test',
      },
    ])
  })

  test('comes twice with one id, and from another person with another', async () => {
    const [one] = await receive(fixture('gmail-en'))
    const [again] = await receive(fixture('gmail-en'), { 'x-envelope-from': 'ann@guests.test' })
    const [other] = await receive(fixture('gmail-ru'))
    expect(again?.id).toBe(one?.id)
    expect(other?.id).not.toBe(one?.id)
  })

  test('without a Message-ID is known by its bytes', async () => {
    const mail = (text: string) => plain([`To: reply+${token}@reply.guests.test`], text)
    const [one] = await receive(mail('Yes'))
    const [again] = await receive(mail('Yes'))
    const [other] = await receive(mail('No'))
    expect(again?.id).toBe(one?.id)
    expect(other?.id).not.toBe(one?.id)
  })

  test.each([
    ['the envelope', [], { 'x-envelope-to': `reply+${token}@reply.guests.test` }],
    ['To', [`To: "reply+x@y" <reply+${token}@reply.guests.test>`], {}],
    ['To, upper case', [`To: REPLY+${token}@REPLY.GUESTS.TEST`], {}],
    ['Cc', ['To: dinner@dinner.test', `Cc: a@a.test, reply+${token}@reply.guests.test`], {}],
    ['Delivered-To', ['To: dinner@dinner.test', `Delivered-To: reply+${token}@reply.guests.test`], {}],
    ['X-Original-To', ['To: dinner@dinner.test', `X-Original-To: reply+${token}@reply.guests.test`], {}],
    ['another domain of a forwarder', [`To: reply+${token}@forwarder.test`], {}],
  ])('is found by %s', async (_name, headers, envelope) => {
    const facts = await receive(plain([...headers, 'From: ann@guests.test']), envelope)
    expect(facts).toMatchObject([{ kind: 'answer', reference: { token } }])
  })

  test('believes the envelope more than the headers', async () => {
    const facts = await receive(plain([`To: reply+other00000@reply.guests.test`]), {
      'x-envelope-to': `reply+${token}@reply.guests.test`,
    })
    expect(facts).toMatchObject([{ reference: { token } }])
  })

  test('from a sender that is no address names no sender', async () => {
    const facts = await receive(
      plain([`To: reply+${token}@reply.guests.test`, 'From: x: e@e.test, b@b.test;']),
    )
    expect(facts).toHaveLength(1)
    expect(facts[0]).not.toHaveProperty('from')
  })

  test.each([
    ['no reply address', plain(['To: dinner@dinner.test'])],
    ['a reply address without a token', plain(['To: reply+@reply.guests.test'])],
    ['a token of other characters', plain(["To: reply+a'b=c@reply.guests.test"])],
    ['nothing but a quotation', fixture('quote-only')],
    ['no text', plain([`To: reply+${token}@reply.guests.test`, 'Content-Type: image/png'], 'x')],
  ])('%s is ignored', async (_name, mail) => {
    expect(await receive(mail)).toMatchObject([{ kind: 'ignored' }])
  })
})

describe('what machines write is no answer', () => {
  test.each([
    'auto-submitted',
    'out-of-office-subject',
    'out-of-office-de',
    'out-of-office-ru',
    'precedence-bulk',
    'x-autoreply',
  ])('%s', async (name) => {
    expect(await receive(fixture(name))).toMatchObject([{ kind: 'ignored', reason: expect.any(String) }])
  })

  test.each([
    ['the null sender', [], { 'x-envelope-from': '' }],
    ['the null sender in brackets', [], { 'x-envelope-from': '<>' }],
    ['an empty return path', ['Return-Path: <>'], {}],
    ['a mailer daemon', ['From: Mail <MAILER-DAEMON@guests.test>'], {}],
    ['a mailing list', ['Precedence: list'], {}],
    [
      'a report of another kind',
      ['Content-Type: multipart/report; report-type=disposition-notification; boundary=x'],
      {},
    ],
  ])('%s', async (_name, headers, envelope) => {
    const mail = plain([`To: reply+${token}@reply.guests.test`, ...headers])
    expect(await receive(mail, envelope)).toMatchObject([{ kind: 'ignored' }])
  })

  test('a person’s reply about being out of office is one', async () => {
    const mail = plain([
      `To: reply+${token}@reply.guests.test`,
      'Subject: Re: Out of office lunch?',
      'Auto-Submitted: no',
    ])
    expect(await receive(mail)).toMatchObject([{ kind: 'answer' }])
  })
})

describe('a bounce', () => {
  test('is found by the Message-ID it returns', async () => {
    expect(await receive(fixture('bounce-unknown-user'))).toMatchObject([
      {
        kind: 'failed',
        reference: { by: 'provider-message', providerMessageId: '<delivery-1@dinner.test>' },
        outcome: { status: 'permanent_recipient', scope: 'recipient', providerCode: '550 5.1.1' },
      },
    ])
  })

  test('is found by the address it comes to', async () => {
    expect(await receive(fixture('bounce-mailbox-full'))).toMatchObject([
      {
        kind: 'failed',
        reference: { by: 'token', token },
        outcome: { status: 'retryable', providerCode: '552 5.2.2' },
      },
    ])
  })

  test('that only says "later" changes nothing', async () => {
    expect(await receive(fixture('bounce-delayed'))).toMatchObject([{ kind: 'ignored' }])
  })

  test('tells no address and no words of the server', async () => {
    const facts = JSON.stringify(await receive(fixture('bounce-unknown-user')))
    expect(facts).not.toMatch(/ann@guests|User unknown/)
  })
})

describe('a calendar’s answer', () => {
  const calendarToken = 'k7qm2xv9bt4sw8nl3pr6dy0000'

  test('wins over the words of the mail it comes in, and over what says that a machine sent it', async () => {
    expect(await receive(fixture('calendar/google-accepted'), { 'x-envelope-from': '' })).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        at: new Date(options.now),
        kind: 'answer',
        reference: { by: 'token', token: calendarToken },
        input: { kind: 'option', value: 'yes' },
        calendarSequence: 0,
        from: 'ann@guests.test',
      },
    ])
  })

  test('with words is an answer and a wish', async () => {
    const [answer, wish, ...rest] = await receive(fixture('calendar/outlook-tentative'))
    expect(rest).toEqual([])
    expect(answer).toMatchObject({ kind: 'answer', input: { value: 'maybe' } })
    expect(wish).toMatchObject({
      kind: 'proposed',
      reference: { by: 'token', token: calendarToken },
      text: 'I will be ten minutes late.',
      from: 'ann@guests.test',
    })
    expect(wish?.id).not.toBe(answer?.id)
  })

  test('that proposes another time is a wish', async () => {
    expect(await receive(fixture('calendar/outlook-counter'))).toMatchObject([{ kind: 'proposed' }])
  })

  test('speaks for its attendee, whoever sent the mail', async () => {
    expect(await receive(fixture('calendar/icloud-declined'))).toMatchObject([
      { input: { value: 'no' }, from: 'ann@guests.test' },
    ])
  })

  const reply = (to: string, organizer: string, headers: readonly string[] = []) =>
    plain(
      [`To: ${to}`, 'From: bob@guests.test', ...headers, 'Content-Type: text/calendar; method=REPLY'],
      [
        'BEGIN:VCALENDAR',
        'BEGIN:VEVENT',
        `ORGANIZER:mailto:${organizer}`,
        'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@guests.test',
        'DTSTAMP:20261123T081502Z',
        'END:VEVENT',
        'END:VCALENDAR',
      ].join('\r\n'),
    )

  test('finds its question by the organizer when it was sent elsewhere', async () => {
    const mail = reply('dinner@dinner.test', `reply+${token}@reply.guests.test`)
    expect(await receive(mail)).toMatchObject([{ kind: 'answer', reference: { token } }])
  })

  test('believes the address it was sent to more than the organizer', async () => {
    const mail = reply(`reply+${token}@reply.guests.test`, 'reply+other00000@reply.guests.test')
    expect(await receive(mail)).toMatchObject([{ reference: { token } }])
  })

  test('for nobody we asked is ignored', async () => {
    const mail = reply('dinner@dinner.test', 'dinner@dinner.test')
    expect(await receive(mail)).toMatchObject([{ kind: 'ignored' }])
  })

  test('has one id however often it comes, with a Message-ID or without', async () => {
    const to = `reply+${token}@reply.guests.test`
    const [one] = await receive(reply(to, to))
    const [again] = await receive(reply(to, to, ['Received: by another way']))
    const [named] = await receive(reply(to, to, ['Message-ID: <1@guests.test>']))
    expect(again?.id).toBe(one?.id)
    expect(named?.id).not.toBe(one?.id)
  })

  test('does not make a bounce of our invitation an answer', async () => {
    const bounce = Buffer.from(fixture('bounce-unknown-user')).toString('latin1')
    const returned = bounce.replace(
      'Content-Type: text/rfc822-headers\r\n\r\n',
      'Content-Type: message/rfc822\r\n\r\nContent-Type: text/calendar; method=REPLY\r\n',
    )
    expect(await receive(returned)).toMatchObject([{ kind: 'failed' }])
  })
})

describe('a delivery report', () => {
  const report = (action: string, status: string) =>
    Buffer.from(fixture('bounce-mailbox-full'))
      .toString('latin1')
      .replace(/Action: \w+/, `Action: ${action}`)
      .replace(/Status: [\d.]+/, `Status: ${status}`)

  test('that says "delivered" is a receipt', async () => {
    expect(await receive(report('delivered', '2.0.0'))).toMatchObject([
      { kind: 'delivered', reference: { by: 'token', token }, detail: expect.any(String) },
    ])
  })

  test.each([
    ['relayed', '2.0.0'],
    ['expanded', '2.0.0'],
    ['delayed', '4.4.1'],
    ['dreamt', '5.0.0'],
  ])('that says "%s" changes nothing', async (action, status) => {
    expect(await receive(report(action, status))).toMatchObject([{ kind: 'ignored' }])
  })

  test('with a comment behind its action is understood', async () => {
    expect(await receive(report('Failed (bad destination mailbox)', '5.1.1'))).toMatchObject([
      { kind: 'failed', reference: { by: 'token', token } },
    ])
  })
})

describe('a complaint', () => {
  const complaint = (type: string, returned: readonly string[], more: readonly string[] = []) =>
    [
      'From: feedback@mailbox.test',
      'To: dinner@dinner.test',
      'Subject: FW: Dinner on Friday at 8?',
      'Message-ID: <complaint-1@mailbox.test>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=feedback-report; boundary=arf',
      '',
      '--arf',
      'Content-Type: text/plain',
      '',
      'This is an email abuse report.',
      '--arf',
      'Content-Type: message/feedback-report',
      '',
      `Feedback-Type: ${type}`,
      'User-Agent: Mailbox-Feedback/1.0',
      'Version: 1',
      ...more,
      '',
      '--arf',
      'Content-Type: message/rfc822',
      'Content-Disposition: inline',
      '',
      'From: Dinner <dinner@dinner.test>',
      'To: <redacted>',
      ...returned,
      'Subject: Dinner on Friday at 8?',
      '',
      'Dinner on Friday at 8? Yes',
      '--arf--',
      '',
    ].join('\r\n')
  const messageId = 'Message-ID: <delivery-1@dinner.test>'

  test.each(['abuse', 'Fraud', 'virus', 'other'])('of %s is about the message it returns', async (type) => {
    expect(await receive(complaint(type, [messageId]))).toEqual([
      {
        id: expect.any(String),
        at: new Date(options.now),
        kind: 'complained',
        reference: { by: 'provider-message', providerMessageId: '<delivery-1@dinner.test>' },
      },
    ])
  })

  test.each([
    ['where bounces go', [], [`Original-Mail-From: <bounce+${token}@bounce.dinner.test>`]],
    ['its return path', [`Return-Path: <bounce+${token}@bounce.dinner.test>`], []],
    ['its reply address', [`Reply-To: Dinner <reply+${token}@reply.guests.test>`], []],
  ])('finds a message without its id by %s', async (_name, returned, more) => {
    expect(await receive(complaint('abuse', returned, more))).toMatchObject([
      { kind: 'complained', reference: { by: 'token', token } },
    ])
  })

  test.each([
    ['of something that is no spam after all', complaint('not-spam', [messageId])],
    ['about a signature', complaint('auth-failure', [messageId])],
    ['of no kind', complaint('', [messageId])],
    ['about nothing we know', complaint('abuse', [])],
  ])('%s is none', async (_name, mail) => {
    expect(await receive(mail)).toMatchObject([{ kind: 'ignored' }])
  })
})

describe('a wish to be left alone', () => {
  const to = `To: reply+${token}@reply.guests.test`
  const from = 'From: Ann <Ann@Guests.test>'

  test.each([
    ['STOP as the whole reply', plain([to, from, 'Subject: Re: Dinner'], 'STOP')],
    ['in another language', plain([to, from, 'Content-Type: text/plain; charset=utf-8'], 'Отписаться!')],
    ['above a quotation', plain([to, from], 'Please unsubscribe\r\n\r\n> Dinner on Friday at 8?')],
    ['in the subject, as mail programs send it', plain([to, from, 'Subject: unsubscribe'], '')],
    [
      'in the subject, sent by a machine for them',
      plain(
        [to, from, 'Subject: unsubscribe', 'Auto-Submitted: auto-generated'],
        'This message was generated.',
      ),
    ],
    ['at the address without a token', plain(['To: stop@dinner.test', from, 'Subject: Unsubscribe'], '')],
  ])('%s', async (_name, mail) => {
    expect(await receive(mail, {}, { unsubscribe: 'Stop@dinner.test' })).toEqual([
      {
        id: expect.any(String),
        at: new Date(options.now),
        kind: 'opted_out',
        address: 'Ann@guests.test',
        // Whoever writes, the address our message went to is meant; without a token only the sender is known.
        ...(mail.includes('stop@dinner.test') ? {} : { inReplyTo: { by: 'token', token } }),
      },
    ])
  })

  test.each([
    ['part of an answer', plain([to, from], 'Do not stop, we are coming')],
    ['the subject of what they reply to', plain([to, from, 'Subject: Re: unsubscribe'], 'Yes')],
  ])('%s is an answer', async (_name, mail) => {
    expect(await receive(mail)).toMatchObject([{ kind: 'answer' }])
  })

  test.each([
    ['by nobody', plain([to, 'Subject: unsubscribe'], '')],
    ['at an address that is not ours', plain(['To: stop@elsewhere.test', from, 'Subject: unsubscribe'], '')],
    ['by an automatic reply', plain([to, from, 'Auto-Submitted: auto-replied'], 'Stop')],
    ['in other words, at the address for it', plain(['To: stop@dinner.test', from], 'Hello?')],
  ])('%s is ignored', async (_name, mail) => {
    expect(await receive(mail, {}, { unsubscribe: 'stop@dinner.test' })).toMatchObject([{ kind: 'ignored' }])
  })
})

describe('bad input', () => {
  async function codeOf(action: Promise<unknown>): Promise<string> {
    try {
      await action
      return 'none'
    } catch (error) {
      return isInviteMeError(error) ? error.code : 'other'
    }
  }

  test.each([
    ['another content type', 'To: a@b.test\r\n\r\nYes', { 'content-type': 'text/plain' }],
    ['no bytes', '', {}],
    ['a length that is too large already', 'x', { 'content-length': '99999999' }],
    ['headers without an end', `X: ${'y'.repeat(90_000)}\r\n`.repeat(1), {}],
    ['parts in parts in parts', deep(200), {}],
  ])('%s', async (_name, body, headers) => {
    expect(['REQUEST_INVALID', 'none']).toContain(await codeOf(receive(body, headers)))
  })

  test('too large is refused', async () => {
    expect(await codeOf(receive('x'.repeat(options.maxBytes + 1)))).toBe('BODY_TOO_LARGE')
    expect(await codeOf(receive(deep(200)))).toBe('REQUEST_INVALID')
    expect(await codeOf(receive('', {}))).toBe('REQUEST_INVALID')
  })

  test('any bytes give facts or a refusal of ours', async () => {
    const mails = ['gmail-en', 'outlook-ru-koi8r', 'bounce-unknown-user', 'mail-ru'].map(fixture)
    const damage = fc.tuple(
      fc.constantFrom(...mails),
      fc.array(fc.tuple(fc.nat(4_000), fc.integer({ min: 0, max: 255 })), { maxLength: 30 }),
    )
    await fc.assert(
      fc.asyncProperty(damage, async ([mail, changes]) => {
        const bytes = new Uint8Array(mail)
        for (const [position, value] of changes) if (position < bytes.length) bytes[position] = value
        expect(['none', 'REQUEST_INVALID']).toContain(await codeOf(receive(bytes)))
      }),
      { seed: 7, numRuns: 200 },
    )
  })
})

function deep(levels: number): string {
  const boundaries = Array.from({ length: levels }, (_, index) => `b${index}`)
  return (
    `To: reply+${token}@reply.guests.test\r\n` +
    boundaries
      .map((name) => `Content-Type: multipart/mixed; boundary=${name}\r\n\r\n--${name}\r\n`)
      .join('') +
    'Content-Type: text/plain\r\n\r\nYes\r\n'
  )
}
