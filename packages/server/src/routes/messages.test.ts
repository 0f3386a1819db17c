import { afterEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
afterEach(async () => {
  await api.stop()
})
const sam = { routes: { telegram: 'sam' } }

describe('sending a notice', () => {
  test('is accepted before anything is sent, and can then be looked at', async () => {
    api = await testApi()
    const { status, body } = await api.ask('POST', '/v1/messages', {
      body: { to: sam, content: 'The bar is open.' },
    })
    expect(status).toBe(202)
    expect(body).toEqual({ messageId: expect.any(String), deliveryIds: [expect.any(String)] })

    await api.t.advance('1s')
    expect(api.t.outbox.map(({ message }) => message.content.text)).toEqual(['The bar is open.'])
    const message = await api.ask('GET', `/v1/messages/${body.messageId}`)
    expect(message.body).toMatchObject({ id: body.messageId, content: { text: 'The bar is open.' }, lane: 2 })
    expect(new Date(message.body.createdAt).toISOString()).toBe(message.body.createdAt)
    expect((await api.ask('GET', `/v1/deliveries/${body.deliveryIds[0]}`)).body.state).toBe('sent')
  })

  test('under a key twice makes one message, with another text it is refused', async () => {
    api = await testApi()
    const send = (content: string, headers: Record<string, string>, more: object = {}) =>
      api.ask('POST', '/v1/messages', { body: { to: sam, content, ...more }, headers })
    const first = await send('Hello', { 'idempotency-key': 'k1' })
    const again = await send('Hello', {}, { key: 'k1' })
    expect(again.body).toEqual(first.body)

    const other = await send('Goodbye', { 'idempotency-key': 'k1' })
    expect(other).toMatchObject({ status: 409, body: { code: 'KEY_REUSED' } })
    const both = await send('Hello', { 'idempotency-key': 'k1' }, { key: 'k2' })
    expect(both).toMatchObject({ status: 422, body: { field: 'header.idempotency-key' } })
    const odd = await send('Hello', { 'idempotency-key': 'with space' })
    expect(odd).toMatchObject({ status: 422, body: { field: 'header.idempotency-key' } })
    expect((await api.ask('GET', '/v1/messages')).body.items).toHaveLength(1)
  })

  test('inline answers once it was sent', async () => {
    api = await testApi()
    const sending = api.ask('POST', '/v1/messages', { body: { to: sam, content: 'Now', mode: 'inline' } })
    await api.t.advance('2s')
    const { status, body } = await sending
    expect(status).toBe(200)
    expect(body.deliveries).toMatchObject([{ state: 'sent', to: expect.any(String), attempts: 1 }])
  })

  test('inline answers after 30 s with what has become of it, when the provider hangs', async () => {
    api = await testApi({}, { channels: ['telegram'] })
    api.t.fail('telegram', 'hang')
    let isAnswered = false
    const sending = api
      .ask('POST', '/v1/messages', { body: { to: sam, content: 'Now', mode: 'inline' } })
      .finally(() => {
        isAnswered = true
      })
    await api.t.advance('29s')
    expect(isAnswered).toBe(false)
    await api.t.advance('2s')
    const { status, body } = await sending
    expect(status).toBe(200)
    expect(body.deliveries).toHaveLength(1)
  })

  test('inline answers at once with what has become of it when the server stops', async () => {
    const ending = new AbortController()
    api = await testApi({ ending: ending.signal }, { channels: ['telegram'] })
    api.t.fail('telegram', 'hang')
    const sending = api.ask('POST', '/v1/messages', { body: { to: sam, content: 'Now', mode: 'inline' } })
    await api.t.advance('2s')
    ending.abort()
    const { status, body } = await sending
    expect(status).toBe(200)
    expect(body.deliveries).toMatchObject([{ state: 'sending' }])
  })

  test('inline is refused for a crowd', async () => {
    api = await testApi()
    const to = Array.from({ length: 101 }, (_value, index) => ({ routes: { telegram: `p${String(index)}` } }))
    const { status, body } = await api.ask('POST', '/v1/messages', {
      body: { to, content: 'Now', mode: 'inline' },
    })
    expect({ status, field: body.field }).toEqual({ status: 422, field: 'to' })
  })
})

describe('what was wrong is named as the caller wrote it', () => {
  test.each([
    [{ content: 'x' }, 'to'],
    [{ to: [], content: 'x' }, 'to'],
    [{ to: [sam, ''], content: 'x' }, 'to.1'],
    [{ to: [{ routes: { Telegram: 'sam' } }], content: 'x' }, 'to.0.routes.Telegram'],
    [{ to: sam }, 'content'],
    [{ to: sam, content: '' }, 'content'],
    [{ to: sam, content: { text: 'x', subjct: 'y' } }, 'content.subjct'],
    [{ to: sam, content: { text: 'x', calendar: { start: 'soon' } } }, 'content.calendar.start'],
    [{ to: sam, content: 'x', lane: 7 }, 'lane'],
    [{ to: sam, content: 'x', until: 'soon' }, 'until'],
    [{ to: sam, content: 'x', until: '2001-01-01T00:00:00Z' }, 'until'],
    [{ to: sam, content: 'x', via: ['pigeon'] }, 'via'],
    [
      { to: sam, content: 'x', via: [{ channel: 'email', next: { unlessSeen: 'soon' } }] },
      'via.0.next.unlessSeen',
    ],
    [{ to: sam, content: 'x', next: {} }, 'next'],
    [{ to: sam, content: 'x', key: '' }, 'key'],
    [{ to: sam, content: 'x', options: { until: '2d' } }, 'options'],
    [{ to: sam, content: 'x', mode: 'later' }, 'mode'],
  ])('%j → %s', async (body, field) => {
    api = await testApi()
    const answer = await api.ask('POST', '/v1/messages', { body })
    expect(answer.status).toBe(422)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ status: 422, field, requestId: answer.headers.get('x-request-id') })
    expect(answer.body.detail).not.toContain('options.')
  })

  test('somebody unknown is a 404', async () => {
    api = await testApi()
    const { status, body } = await api.ask('POST', '/v1/messages', { body: { to: 'nobody', content: 'x' } })
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'RECIPIENT_UNKNOWN' })
  })
})

describe('lists', () => {
  test('come in pages, newest first, and end', async () => {
    api = await testApi()
    const sent: string[] = []
    for (const content of ['a', 'b', 'c'])
      sent.push((await api.ask('POST', '/v1/messages', { body: { to: sam, content } })).body.messageId)
    const first = await api.ask('GET', '/v1/messages?limit=2')
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual([sent[2], sent[1]])
    const second = await api.ask('GET', `/v1/messages?limit=2&after=${first.body.next}`)
    expect(second.body).toMatchObject({ items: [{ id: sent[0] }], next: null })
  })

  test.each([
    ['limit=0', 'query.limit'],
    ['limit=1001', 'query.limit'],
    ['limit=ten', 'query.limit'],
    ['limit=1&limit=2', 'query.limit'],
    ['after=%00', 'query.after'],
    ['after=not+base64', 'query.after'],
    ['after=AAAA', 'query.after'],
    ['page=2', 'query.page'],
    ['__proto__=1', 'query.__proto__'],
  ])('?%s is refused', async (query, field) => {
    api = await testApi()
    const { status, body } = await api.ask('GET', `/v1/messages?${query}`)
    expect({ status, field: body.field }).toEqual({ status: 422, field })
  })
})

describe('a message as a whole', () => {
  test('is settled once nothing is left to do', async () => {
    api = await testApi({}, { channels: ['telegram'] })
    api.t.fail('telegram', 'retryable')
    const { body } = await api.ask('POST', '/v1/messages', { body: { to: sam, content: 'Now' } })
    await api.t.advance('1s')
    const path = `/v1/messages/${body.messageId}/settled`
    expect((await api.ask('GET', path)).body).toMatchObject({
      settled: false,
      deliveries: [{ state: 'queued' }],
    })
    const waiting = api.ask('GET', `${path}?wait=60s`)
    api.t.mend('telegram')
    await api.t.advance('59s')
    expect((await waiting).body).toMatchObject({ settled: true, deliveries: [{ state: 'sent' }] })
  })

  test('to a crowd is not read from the beginning whenever something happens to it', async () => {
    api = await testApi()
    const { messageId } = (await api.ask('POST', '/v1/messages', { body: { to: sam, content: 'Hi' } })).body
    await api.t.advance('1s')
    const { deliveries } = api.t.inviteMe
    const [sent] = await deliveries.list({ messageId })
    if (sent === undefined) throw new TypeError('nothing was sent')
    const crowd = Array.from({ length: 5_500 }, (_, index) => ({
      ...sent,
      id: String(index).padStart(4, '0'),
      dueAt: index === 4_200 ? new Date(0) : null,
    }))
    const pages: string[] = []
    deliveries.list = async (_filter, { after = '', limit = 100 } = {}) => {
      pages.push(after)
      return crowd.filter(({ id }) => id > after).slice(0, limit)
    }
    const waiting = api.ask('GET', `/v1/messages/${messageId}/settled?wait=60s`)
    await api.t.advance('1s')
    expect(pages.splice(0)).toEqual(expect.arrayContaining(['', '0999', '1999', '2999', '3999']))
    await api.t.advance('5s')
    expect(pages.splice(0)).toEqual(['', '3999'])
    crowd.forEach((one) => (one.dueAt = null))
    await api.t.advance('5s')
    const { body } = await waiting
    expect([body.settled, body.deliveries.length]).toEqual([true, 1_000])
    expect(pages).toEqual(['', '3999', '4999'])
  })

  test('gets another time in the calendar', async () => {
    api = await testApi()
    const calendar = { start: '2026-11-27T20:00:00+01:00' }
    const { body } = await api.ask('POST', '/v1/messages', {
      body: { to: sam, content: { text: 'Dinner', calendar } },
    })
    const path = `/v1/messages/${body.messageId}/reschedule`
    const changed = await api.ask('POST', path, {
      body: { calendar: { start: '2026-11-28T20:00:00+01:00' } },
    })
    expect(changed).toMatchObject({ status: 204, body: '' })
    const wrong = await api.ask('POST', path, {
      body: { calendar: { start: '2026-11-28T20:00:00Z', end: '2026-11-27T20:00:00Z' } },
    })
    expect(wrong).toMatchObject({ status: 422, body: { field: 'calendar.end' } })

    const plain = await api.ask('POST', '/v1/messages', { body: { to: sam, content: 'Dinner' } })
    const none = await api.ask('POST', `/v1/messages/${plain.body.messageId}/reschedule`, {
      body: { calendar },
    })
    expect(none).toMatchObject({ status: 422, body: { field: 'path.id' } })
  })

  test('that does not exist is a 404 everywhere', async () => {
    api = await testApi()
    const calendar = { start: '2026-11-27T20:00:00+01:00' }
    for (const [method, path, body] of [
      ['GET', '/v1/messages/none', undefined],
      ['GET', '/v1/messages/none/settled', undefined],
      ['POST', '/v1/messages/none/reschedule', { calendar }],
    ] as const)
      expect(await api.ask(method, path, { body })).toMatchObject({
        status: 404,
        body: { code: 'MESSAGE_UNKNOWN', field: 'path.id' },
      })
  })
})
