import { channelContract } from '@invite-me/core/testing'
import { createHmac } from 'node:crypto'
import { describe, test } from 'vitest'
import { startFakeNtfy } from '../../../examples/custom-channel/fake-ntfy.ts'
import { startPagerSystem } from '../../../tests/peers/pager-system.ts'
import { http } from './http.ts'

const secret = 'planted-secret-4711-and-more'
const token = '7h2k9qsampletoken4d8w3e6r5'
const where = 'https://app.guests.test/hooks/in'
const badOptions = {
  url: () => http({ url: 'https://{{to}}.guests.test/', body: '{{text}}', format: 'text' }),
  'headers.X-To': () =>
    http({ url: where, headers: { 'X-To': '{{to}}', 'X-Key': secret }, body: { t: '{{text}}' } }),
  'body.t': () => http({ url: where, body: { t: '{{txt}} {{text}}' } }),
  body: () => http({ url: where, body: { t: 'hello' } }),
  name: () => http({ name: 'My Pager', url: where, body: { t: '{{text}}' } }),
  answers: () => http({ url: where, body: { t: '{{text}}' }, answers: ['yesNo'] }),
}

describe('a gateway with forms, codes in its answers, keys and signed callbacks', () => {
  const signature = (body: string) => createHmac('sha256', secret).update(body).digest('hex')
  const callback = (body: object, sign: (body: string) => string = signature) => {
    const text = JSON.stringify(body)
    return new Request(where, {
      method: 'POST',
      headers: { 'x-pager-signature': `sha256=${sign(text)}` },
      body: text,
    })
  }
  const reply = { events: [{ id: 'e1', type: 'reply', pager: 'ann-7', ref: token, words: 'Yes' }] }

  channelContract({
    test,
    declares: { idempotent: true, receives: true, acknowledges: true, probes: true, checksAddresses: true },
    provider: startPagerSystem,
    create: ({ url }) =>
      http({
        name: 'pager',
        url: `${url}/v1/pagers/{{to}}/pages`,
        headers: { 'X-Pager-Key': secret, 'Idempotency-Key': '{{idempotencyKey}}' },
        format: 'form',
        body: {
          from: '{{originator}}',
          text: '{{text}}',
          link: '{{link.respond}}',
          ref: '{{replyToken}}',
          buttons: '{{actions}}',
        },
        success: { at: '/ok', equals: true },
        messageId: '/page/number',
        errorCode: '/error/code',
        errors: [
          { at: '/error/code', equals: 'throttled', outcome: 'rate_limited' },
          { at: '/error/code', equals: 'no-such-pager', outcome: 'permanent_recipient' },
          { at: '/error/code', equals: 'owner-said-stop', outcome: 'opted_out' },
          { at: '/error/code', equals: 'text-refused', outcome: 'permanent_content' },
        ],
        retryAfter: { at: '/error/wait', unit: 'ms' },
        addressPattern: '[a-z]+-[0-9]+',
        answers: ['yesNo', 'text'],
        answerBy: 'buttons',
        idempotent: true,
        probeUrl: `${url}/v1/status`,
        inbound: {
          verify: { by: 'hmac', header: 'x-pager-signature', prefix: 'sha256=', secret },
          list: '/events',
          id: '/id',
          kind: { at: '/type', is: { reply: 'answer', shown: 'delivered' } },
          token: '/ref',
          address: '/pager',
          text: '/words',
        },
      }),
    address: 'ann-7',
    badAddresses: ['ann', 'ann-7/../bob-8', '..'],
    secret,
    badOptions,
    webhooks: {
      genuine: () => callback(reply),
      forged: () => callback(reply, () => signature('{}')),
      unknown: () => callback({ events: [{ id: 'e2', type: 'battery-low', pager: 'ann-7' }] }),
    },
  })
})

describe('ntfy, described', () => {
  const tap = (body: object) => new Request(where, { method: 'POST', body: JSON.stringify(body) })

  channelContract({
    test,
    declares: { idempotent: false, receives: true, acknowledges: true, probes: true, checksAddresses: true },
    provider: startFakeNtfy,
    create: ({ url }) =>
      http({
        name: 'ntfy',
        url: `${url}/`,
        headers: { authorization: `Bearer ${secret}` },
        body: {
          topic: '{{to}}',
          message: '{{text}}',
          title: '{{title}}',
          click: '{{link.respond}}',
          actions: {
            '{{#actions}}': {
              action: 'http',
              label: '{{action.label}}',
              url: where,
              body: { '{{#json}}': { kind: 'tap', token: '{{replyToken}}', value: '{{action.value}}' } },
              clear: true,
            },
          },
        },
        messageId: '/id',
        errorCode: '/code',
        errors: [{ at: '/code', equals: 40009, outcome: 'permanent_recipient' }],
        addressPattern: '[-_A-Za-z0-9]{1,64}',
        answers: ['yesNo', 'choice'],
        answerBy: 'buttons',
        maxActions: 3,
        maxTextLength: 1_365,
        probeUrl: `${url}/v1/health`,
        inbound: {
          verify: { by: 'token' },
          kind: { at: '/kind', is: { tap: 'answer' } },
          token: '/token',
          value: '/value',
        },
      }),
    address: 'ann-x7k2m9',
    badAddresses: ['ann/lee', 'ann lee'],
    secret,
    badOptions,
    webhooks: {
      genuine: () => tap({ kind: 'tap', token, value: 'yes' }),
      forged: () => tap({ kind: 'tap', token: 'guessed', value: 'yes' }),
      unknown: () => tap({ kind: 'seen', token }),
    },
    exceptions: {
      'a person who said stop is opted_out':
        'people unsubscribe on their phone, and the server does not tell',
    },
  })
})
