import type { Channel } from '@invite-me/core/channel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { startPagerSystem, type PagerSystem } from '../../../tests/peers/pager-system.ts'
import { composeRequest } from './generic-http/compose.ts'
import { httpOptionsSchema } from './generic-http/options.ts'
import { valuesOf } from './generic-http/values.ts'
import { http } from './http.ts'

type Input = Parameters<typeof http>[0]

/** What a description makes of a message, as it would be sent. */
function compose(input: Input, change: Parameters<typeof outboundMessage>[0] = {}) {
  const options = httpOptionsSchema.parse(input)
  return composeRequest(options, valuesOf(outboundMessage(change), sendContext(), options))
}
const where = 'https://api.guests.test/send'

describe('a request', () => {
  test('every placeholder has its value', () => {
    const names = [
      'to',
      'name',
      'text',
      'title',
      'subject',
      'details',
      'originator',
      'link.respond',
      'link.unsubscribe',
    ]
    const more = [
      'actions',
      'answer',
      'answerType',
      'replyToken',
      'idempotencyKey',
      'locale',
      'category',
      'purpose',
      'until',
      'now',
    ]
    const body = Object.fromEntries(
      [...names, ...more].map((name) => [name.replace('.', '_'), `{{${name}}}`]),
    )
    const change = {
      content: { subject: 'Dinner\r\non Friday', text: 'At 8?', details: 'At Anna’s' },
      until: new Date(0),
    }
    const message = outboundMessage(change)
    expect(JSON.parse(String(compose({ url: where, body }, change)?.body))).toEqual({
      to: 'ann@guests.test',
      name: 'Ann Lee',
      text: 'At 8?',
      title: 'Dinner on Friday',
      subject: 'Dinner on Friday',
      details: 'At Anna’s',
      originator: 'Anna',
      link_respond: message.links.respond,
      link_unsubscribe: message.links.unsubscribe,
      actions: message.answer?.actions,
      answer: { type: 'yesNo' },
      answerType: 'yesNo',
      replyToken: message.replyToken,
      idempotencyKey: '0192f0c1-6d2e-7000-8000-000000000001.0',
      locale: 'en',
      category: 'invitation',
      purpose: 'message',
      until: '1970-01-01T00:00:00.000Z',
      now: '2026-11-22T05:00:00.000Z',
    })
  })

  test('the whole message as text has the link, or says how to reply where replies come back', () => {
    const body = { t: '{{message}}' }
    const byLink = String(compose({ url: where, body })?.body)
    expect(byLink).toContain('https://portal.test/r/')
    expect(byLink).not.toContain('Reply YES')
    const inbound = { verify: { by: 'token' }, token: '/token', text: '/text' } as const
    expect(String(compose({ url: where, body, answers: ['yesNo'], inbound })?.body)).toContain(
      'Reply YES or NO',
    )
  })

  test('a question with more buttons than fit has none', () => {
    const body = { t: '{{text}}', buttons: { '{{#actions}}': '{{action.label}}' } }
    expect(compose({ url: where, body, maxActions: 2 })?.body).toContain('"buttons":["Yes","No"]')
    expect(compose({ url: where, body, maxActions: 1 })?.body).toContain('"buttons":[]')
  })

  test('a form is a form, a text is a text, and the operator’s content type wins', () => {
    const text = 'Wine & "dine"?\n{{to}}'
    const form = compose(
      { url: where, format: 'form', body: { t: '{{text}}', a: '{{actions}}', n: '{{details}}' } },
      { content: { text } },
    )
    expect(form?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    const fields = new URLSearchParams(String(form?.body))
    expect(fields.get('t')).toBe(text)
    expect(JSON.parse(fields.get('a') ?? '')).toHaveLength(2)
    expect(fields.has('n')).toBe(false)
    const plain = {
      url: where,
      format: 'text',
      body: '{{text}}',
      headers: { 'Content-Type': 'text/markdown' },
    } as const
    expect(compose(plain, { content: { text } })).toMatchObject({
      body: text,
      headers: { 'content-type': 'text/markdown' },
    })
  })

  test.each([
    ['ann/../admin', 'https://api.guests.test/u/ann%2F..%2Fadmin/send?x=1'],
    ['a?b#c&d=e', 'https://api.guests.test/u/a%3Fb%23c%26d%3De/send?x=1'],
    ['Ünï códe 🍝', 'https://api.guests.test/u/%C3%9Cn%C3%AF%20c%C3%B3de%20%F0%9F%8D%9D/send?x=1'],
    ['\ud800', 'https://api.guests.test/u/%EF%BF%BD/send?x=1'],
    ['@evil.test', 'https://api.guests.test/u/%40evil.test/send?x=1'],
    ['%2e%2e', 'https://api.guests.test/u/%252e%252e/send?x=1'],
    ['..;', 'https://api.guests.test/u/..%3B/send?x=1'],
    ['{{text}}', 'https://api.guests.test/u/%7B%7Btext%7D%7D/send?x=1'],
  ])('the address %j stays where its placeholder is', (address, url) => {
    const template = { url: 'https://api.guests.test/u/{{to}}/send?x=1', body: { t: '{{text}}' } }
    expect(compose(template, { to: { address } })?.url).toBe(url)
  })

  test.each([
    ['/u/{{to}}/send', '.'],
    ['/u/{{to}}/send', '..'],
    ['/u/{{to}}', '.'],
    ['/u/{{to}}?x=1', '..'],
    ['/u/.{{to}}', '.'],
    ['/{{to}}{{to}}/u', '.'],
  ])('in %s the address %j cannot step out of its place', (path, address) => {
    const template = { url: `https://api.guests.test${path}`, body: { t: '{{text}}' } }
    expect(compose(template, { to: { address } })).toBeUndefined()
  })
})

describe('a description with a mistake is refused where it is made', () => {
  const body = { t: '{{text}}' }
  const inbound = { verify: { by: 'token' }, token: '/token' } as const
  test.each<readonly [string, object]>([
    ['url', { url: 'ftp://api.guests.test/', body }],
    ['url', { url: 'https://{{to}}/', body }],
    ['url', { url: 'https://api.guests.test{{to}}/', body }],
    ['url', { url: 'https://ann:pw@api.guests.test/', body }],
    ['url', { url: 'https://api.guests.test/#{{to}}', body }],
    ['url', { url: 'https://api.guests.test/{{nobody}}', body }],
    ['url', { url: 'https://api.guests.test/{{ to }}', body }],
    ['body.a.0', { url: where, body: { ...body, a: ['{{action.label}}'] } }],
    ['body.{{to}}', { url: where, body: { ...body, '{{to}}': 1 } }],
    ['body.a', { url: where, body: { ...body, a: '{{__proto__}}' } }],
    ['body', { url: where }],
    ['body', { url: where, method: 'GET', body }],
    ['body', { url: where, format: 'form', body: { t: { deep: '{{text}}' } } }],
    ['body', { url: where, format: 'text', body }],
    ['headers.X-To', { url: where, body, headers: { 'X-To': '{{to}}' } }],
    ['headers.X To', { url: where, body, headers: { 'X To': 'x' } }],
    ['messageId', { url: where, body, messageId: '$.id' }],
    ['errors.0', { url: where, body, errors: [{ outcome: 'opted_out' }] }],
    ['errors.0.outcome', { url: where, body, errors: [{ status: 400, outcome: 'accepted' }] }],
    ['addressPattern', { url: where, body, addressPattern: '(' }],
    ['answers', { url: where, body, answers: ['yesNo'] }],
    ['reports', { url: where, body, reports: ['read'] }],
    ['idempotent', { url: where, body, idempotent: true }],
    [
      'inbound.verify.secret',
      { url: where, body, inbound: { verify: { by: 'header', header: 'x', secret: 'short' } } },
    ],
    [
      'inbound.verify.timestampHeader',
      {
        url: where,
        body,
        inbound: {
          verify: { by: 'hmac', header: 'x', secret: 'x'.repeat(16), content: '{{timestamp}}{{body}}' },
        },
      },
    ],
    [
      'inbound.kind.is.x',
      { url: where, body, inbound: { ...inbound, kind: { at: '/k', is: { x: 'connected' } } } },
    ],
  ])('%s in %j', (field, options) => {
    expect(() => http(options as Input)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', field }))
  })
})

describe('what it can do follows from its template', () => {
  const supports = (body: object, more: Partial<Input> = {}) =>
    http({ url: where, body, ...more } as Input).supports
  test('links and tokens', () => {
    expect(supports({ t: '{{text}}' })).toMatchObject({ links: false, tokens: [] })
    expect(supports({ t: '{{message}}' })).toMatchObject({ links: true, tokens: ['respond'] })
    expect(
      supports({ t: '{{text}} {{link.respond}} {{link.unsubscribe}}', r: '{{replyToken}}' }),
    ).toMatchObject({
      links: true,
      tokens: ['respond', 'unsubscribe', 'reply'],
    })
  })

  test('without a link a question it cannot carry is refused, not sent without a way to answer', async () => {
    const channel = http({ url: where, body: { t: '{{text}}' } })
    expect(await channel.send(outboundMessage(), sendContext())).toMatchObject({
      status: 'permanent_content',
    })
  })

  test('names and addresses', () => {
    const any = http({ url: where, body: { t: '{{text}}' } })
    const numbers = http({
      name: 'numbers',
      url: where,
      body: { t: '{{text}}' },
      addressPattern: '[0-9]{4}|x',
    })
    expect([any.name, numbers.name]).toEqual(['http', 'numbers'])
    expect([any.recognises?.('1234'), numbers.recognises?.('1234'), numbers.recognises?.('12345')]).toEqual([
      false,
      true,
      false,
    ])
    expect(numbers.address?.('1234x').ok).toBe(false)
    expect(any.receive).toBeUndefined()
  })
})

describe('on the wire', () => {
  let system: PagerSystem
  let channel: Channel
  beforeEach(async () => {
    system = await startPagerSystem()
    const url = `${system.url}/v1/pagers/{{to}}/pages`
    channel = http({
      name: 'pager',
      url,
      format: 'form',
      body: { text: '{{message}}' },
      messageId: '/page/number',
    })
  })
  afterEach(() => system.close())

  test('a message arrives where it should', async () => {
    const to = { address: 'ann 7/8' }
    expect(await channel.send(outboundMessage({ to }), sendContext())).toEqual({
      status: 'accepted',
      providerMessageId: '1',
    })
    expect(system.pages).toEqual([
      { to: 'ann 7/8', text: expect.stringContaining('Dinner on Friday'), key: '' },
    ])
  })

  test('an address that is a step in a path reaches nobody', async () => {
    const outcome = await channel.send(outboundMessage({ to: { address: '..' } }), sendContext())
    expect(outcome).toMatchObject({ status: 'permanent_recipient' })
    expect(system.pages).toEqual([])
  })

  test('4,000 letters, right-to-left marks and line breaks arrive as they were written', async () => {
    const text = `${'ж'.repeat(4_000)}\u202eabc\r\n.\r\n<b>&amp;</b> %s {{to}} \u0000`
    await channel.send(outboundMessage({ to: { address: 'ann' }, content: { text } }), sendContext())
    expect(system.pages[0]?.['text']).toContain(text)
  })
})
