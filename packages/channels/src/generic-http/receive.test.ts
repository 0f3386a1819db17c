import type { InboundFact } from '@invite-me/core/channel'
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { inboundSchema } from './inbound-options.ts'
import { receiveEvents } from './receive.ts'

const now = Date.UTC(2026, 10, 22, 5)
const token = '7h2k9qsampletoken4d8w3e6r5'
const secret = 'a-secret-of-ours-4711'
const refused = { code: 'WEBHOOK_REFUSED' }

type Description = z.input<typeof inboundSchema>
const byHeader: Description['verify'] = { by: 'header', header: 'x-secret', secret }
const post = (body: string | object, headers: Readonly<Record<string, string>> = { 'x-secret': secret }) =>
  new Request('https://app.guests.test/hooks/pager', {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const receive = (request: Request, description: Description): Promise<readonly InboundFact[]> =>
  receiveEvents(request, inboundSchema.parse(description), {
    now,
    canonical: (address) => (address.startsWith('+') ? address : undefined),
  })

describe('how a request proves itself', () => {
  const answer = { token, text: 'Yes' }
  const described = { token: '/token', text: '/text' }

  test('by a secret in a header', async () => {
    expect(await receive(post(answer), { verify: byHeader, ...described })).toHaveLength(1)
    for (const headers of [
      {},
      { 'x-secret': '' },
      { 'x-secret': `${secret}x` },
      { 'x-secret': secret.slice(1) },
    ])
      await expect(receive(post(answer, headers), { verify: byHeader, ...described })).rejects.toMatchObject(
        refused,
      )
  })

  test('by a signature over the raw body', async () => {
    const body = '{ "token": "7h2k9qsampletoken4d8w3e6r5", "text": "Yes" }'
    const signature = createHmac('sha256', secret).update(body).digest('hex')
    const verify = { by: 'hmac', header: 'x-signature', secret, prefix: 'sha256=' } as const
    const good = { 'x-signature': `sha256=${signature}` }
    expect(await receive(post(body, good), { verify, ...described })).toHaveLength(1)
    await expect(receive(post(answer, good), { verify, ...described })).rejects.toMatchObject(refused)
    await expect(
      receive(post(body, { 'x-signature': signature }), { verify, ...described }),
    ).rejects.toMatchObject(refused)
  })

  test('by a signature over a moment and the body, as Slack does it', async () => {
    const verify = {
      by: 'hmac',
      header: 'x-slack-signature',
      secret,
      prefix: 'v0=',
      timestampHeader: 'x-slack-request-timestamp',
      content: 'v0:{{timestamp}}:{{body}}',
    } as const
    const body = JSON.stringify(answer)
    const at = (seconds: number, moment = String(now / 1_000 + seconds)) => {
      const signature = createHmac('sha256', secret).update(`v0:${moment}:${body}`).digest('hex')
      const headers = { 'x-slack-signature': `v0=${signature}`, 'x-slack-request-timestamp': moment }
      return receive(post(body, headers), { verify, ...described })
    }
    expect(await at(-299)).toHaveLength(1)
    expect(await at(299)).toHaveLength(1)
    for (const late of [at(-301), at(301), at(0, ''), at(0, `${now / 1_000}x`), at(0, '-1')])
      await expect(late).rejects.toMatchObject(refused)
  })

  test('by the token of the message, and then only for answers', async () => {
    const verify = { by: 'token' } as const
    const kind = { at: '/kind', is: { tap: 'answer', stop: 'opted_out', seen: 'read' } } as const
    const description = { verify, kind, token: '/token', text: '/text', address: '/from' }
    const taken = await receive(post({ kind: 'tap', token, text: 'Yes' }, {}), description)
    expect(taken).toMatchObject([{ kind: 'answer', reference: { by: 'token', token } }])
    for (const forged of [
      { kind: 'stop', token, from: '+15550100' },
      { kind: 'seen', token },
    ])
      expect(await receive(post(forged, {}), description)).toMatchObject([{ kind: 'ignored' }])
    for (const bare of [
      { kind: 'tap', text: 'Yes', from: '+15550100' },
      { kind: 'stop', from: '+15550100' },
      { kind: 'tap', token: 'x' },
    ])
      await expect(receive(post(bare, {}), description)).rejects.toMatchObject(refused)
  })
})

describe('what an event becomes', () => {
  const description: Description = {
    verify: byHeader,
    list: '/events',
    id: '/id',
    kind: {
      at: '/type',
      is: {
        msg: 'answer',
        dlr: 'delivered',
        seen: 'read',
        err: 'failed',
        stop: 'opted_out',
        start: 'opted_in',
        spam: 'complained',
      },
    },
    token: '/ref',
    messageId: '/msg/id',
    address: '/from',
    text: '/body',
    value: '/button',
    failure: {
      at: '/reason',
      is: { dead: 'permanent_recipient', busy: 'retryable', blocked: 'opted_out', key: 'permanent_config' },
    },
  }
  const one = async (event: object) =>
    (await receive(post({ events: [{ id: 'e1', ...event }] }), description))[0]

  test.each<readonly [object, object]>([
    [
      { type: 'msg', ref: token, body: 'Yes', from: '+15550100' },
      {
        kind: 'answer',
        reference: { by: 'token', token },
        input: { kind: 'text', text: 'Yes' },
        from: '+15550100',
      },
    ],
    [
      { type: 'msg', msg: { id: 25 }, button: 'yes' },
      {
        kind: 'answer',
        reference: { by: 'provider-message', providerMessageId: '25' },
        input: { kind: 'option', value: 'yes' },
      },
    ],
    [
      { type: 'msg', from: '+15550100', button: 3 },
      {
        kind: 'answer',
        reference: { by: 'address', address: '+15550100' },
        input: { kind: 'value', value: 3 },
      },
    ],
    [
      { type: 'dlr', msg: { id: 'm1' } },
      { kind: 'delivered', reference: { by: 'provider-message', providerMessageId: 'm1' } },
    ],
    [
      { type: 'seen', ref: token },
      { kind: 'read', reference: { by: 'token', token } },
    ],
    [{ type: 'spam', msg: { id: 'm1' } }, { kind: 'complained' }],
    [
      { type: 'stop', from: '+15550100' },
      { kind: 'opted_out', address: '+15550100' },
    ],
    [
      { type: 'start', from: '+15550100' },
      { kind: 'opted_in', address: '+15550100' },
    ],
    [
      { type: 'err', msg: { id: 'm1' }, reason: 'dead' },
      {
        kind: 'failed',
        outcome: { status: 'permanent_recipient', scope: 'recipient', providerCode: 'dead' },
      },
    ],
    [
      { type: 'err', msg: { id: 'm1' }, reason: 'busy' },
      { kind: 'failed', outcome: { status: 'retryable' } },
    ],
    [
      { type: 'err', msg: { id: 'm1' }, reason: 'blocked' },
      { kind: 'failed', outcome: { status: 'opted_out' } },
    ],
    [
      { type: 'err', msg: { id: 'm1' }, reason: 'key' },
      { kind: 'failed', outcome: { status: 'permanent_config' } },
    ],
    [
      { type: 'err', msg: { id: 'm1' }, reason: 'toString' },
      { kind: 'failed', outcome: { status: 'permanent_content' } },
    ],
    [{ type: 'msg', body: 'Yes' }, { kind: 'ignored' }],
    [{ type: 'msg', ref: token }, { kind: 'ignored' }],
    [{ type: 'msg', ref: token, body: { a: 1 } }, { kind: 'ignored' }],
    [{ type: 'msg', ref: 'short', body: 'Yes' }, { kind: 'ignored' }],
    [{ type: 'stop', from: 'nobody' }, { kind: 'ignored' }],
    [{ type: 'stop' }, { kind: 'ignored' }],
    [{ type: 'constructor', ref: token, body: 'Yes' }, { kind: 'ignored' }],
    [{ ref: token, body: 'Yes' }, { kind: 'ignored' }],
  ])('%j', async (event, fact) => {
    expect(await one(event)).toMatchObject(fact)
  })

  test('several events are several facts, each by its own id', async () => {
    const events = ['e1', 'e2', 'e1'].map((id) => ({ id, type: 'dlr', msg: { id: 'm1' } }))
    const ids = (await receive(post({ events }), description)).map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    expect(ids[0]).toBe(ids[2])
  })

  test.each(['', 'null', '[]', '{}', '{"events":7}', '{"events":{}}', '<xml/>'])(
    '%j holds none',
    async (body) => {
      expect(await receive(post(body), description)).toEqual([])
    },
  )

  test('more than a thousand are refused, since what is not read would be lost', async () => {
    const events = Array.from({ length: 1_001 }, (_, id) => ({ id, type: 'dlr', msg: { id } }))
    await expect(receive(post({ events }), description)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect(await receive(post({ events: events.slice(1) }), description)).toHaveLength(1_000)
  })
})

test('a web form is read like an object', async () => {
  const headers = { 'x-secret': secret, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  const body = new URLSearchParams({ from: '+15550100', body: 'Да, спасибо' }).toString()
  expect(
    await receive(post(body, headers), { verify: byHeader, address: '/from', text: '/body' }),
  ).toMatchObject([{ kind: 'answer', input: { kind: 'text', text: 'Да, спасибо' }, from: '+15550100' }])
})

test('STOP is heard where the description asks for it, and is a word like any other elsewhere', async () => {
  const description = { verify: byHeader, address: '/from', text: '/body' }
  const says = (body: string, consentWords: boolean) =>
    receive(post({ from: '+15550100', body }), { ...description, consentWords })
  expect(await says('STOP', true)).toMatchObject([{ kind: 'opted_out', address: '+15550100' }])
  expect(await says('start', true)).toMatchObject([{ kind: 'opted_in', address: '+15550100' }])
  expect(await says('Stop by at 8', true)).toMatchObject([{ kind: 'answer' }])
  expect(await says('STOP', false)).toMatchObject([{ kind: 'answer' }])
})
