import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isInviteMeError } from '@invite-me/core/channel'
import { receiveEmail } from './receive.ts'
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

function receive(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const request = new Request('http://mail.test/', {
    method: 'POST',
    body,
    headers: { 'content-type': 'message/rfc822', ...headers },
  })
  return receiveEmail(request, options)
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
    ['a byte too many', 'x'.repeat(options.maxBytes + 1), {}],
    ['a length that is too large already', 'x', { 'content-length': '99999999' }],
    ['headers without an end', `X: ${'y'.repeat(90_000)}\r\n`.repeat(1), {}],
    ['parts in parts in parts', deep(200), {}],
  ])('%s', async (_name, body, headers) => {
    expect(['REQUEST_INVALID', 'none']).toContain(await codeOf(receive(body, headers)))
  })

  test('too large is refused', async () => {
    expect(await codeOf(receive('x'.repeat(options.maxBytes + 1)))).toBe('REQUEST_INVALID')
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
