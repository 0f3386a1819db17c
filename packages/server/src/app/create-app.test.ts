import type { Tracer } from '@invite-me/core'
import { afterEach, describe, expect, test } from 'vitest'
import { liveProtocol } from '../realtime/live-protocol.ts'
import { testApi, type TestApi } from './__fixtures__/api.ts'
import type { RequestRecord } from './watch-request.ts'

let api: TestApi
afterEach(async () => {
  await api.stop()
})
const notice = { to: { routes: { telegram: 'sam' } }, content: 'Hello' }

test('lives, is ready and describes itself without a key', async () => {
  api = await testApi({ version: '1.2.3' })
  const authorization = null
  expect(await api.ask('GET', '/healthz', { authorization })).toMatchObject({
    status: 200,
    body: { status: 'ok' },
  })
  expect(await api.ask('GET', '/readyz', { authorization })).toMatchObject({
    status: 200,
    body: { status: 'ready' },
  })
  const { body } = await api.ask('GET', '/openapi.json', { authorization })
  expect(body).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } })
})

test('says that it is not ready while it is stopping, and when the engine has stopped', async () => {
  let isReady = true
  api = await testApi({ isReady: () => isReady })
  isReady = false
  expect(await api.ask('GET', '/readyz')).toMatchObject({ status: 503, body: { code: 'STOPPED' } })
  expect((await api.ask('GET', '/healthz')).status).toBe(200)
  await api.stop()
  const refused = await api.ask('POST', '/v1/messages', { body: notice })
  expect(refused.status).toBeGreaterThanOrEqual(500)
})

describe('every answer', () => {
  test('carries a request id: the one of the caller when it is harmless', async () => {
    api = await testApi()
    const idOf = async (id?: string): Promise<string | null> =>
      (
        await api.ask('GET', '/healthz', { headers: id === undefined ? {} : { 'x-request-id': id } })
      ).headers.get('x-request-id')
    expect(await idOf('order-17.a_b')).toBe('order-17.a_b')
    for (const odd of [undefined, '', 'a b', '<script>', 'x'.repeat(65), 'ä'])
      expect(await idOf(odd)).toMatch(/^[\da-f-]{36}$/)
  })

  test('is not to be cached or guessed at', async () => {
    api = await testApi()
    for (const path of ['/v1/messages', '/v1/messages/none', '/nowhere']) {
      const { headers } = await api.ask('GET', path)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  test('allows 6,000 writes a minute unless told otherwise, enough for a campaign of single messages', async () => {
    api = await testApi()
    const { headers } = await api.ask('POST', '/v1/messages', { body: notice })
    expect(headers.get('ratelimit-limit')).toBe('6000')
    expect(headers.get('ratelimit-remaining')).toBe('5999')
  })

  test('tells how often one may still call', async () => {
    api = await testApi({ limits: { writesPerMinute: 2 } })
    const send = () => api.ask('POST', '/v1/messages', { body: notice })
    const first = await send()
    expect(first.headers.get('ratelimit-limit')).toBe('2')
    expect(first.headers.get('ratelimit-remaining')).toBe('1')
    await send()
    const over = await send()
    expect(over).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } })
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
    // Looking is counted by itself, and so is every other key.
    expect((await api.ask('GET', '/v1/messages')).status).toBe(200)
    expect(
      (await api.ask('POST', '/v1/messages', { body: notice, authorization: await api.keyWith('send') }))
        .status,
    ).toBe(202)
    expect((await api.ask('GET', '/v1/messages')).body.items).toHaveLength(3)
  })
})

describe('who waits and may not look any more meanwhile', () => {
  test.each(['/v1/events?wait=60s', '/v1/topics/group:a?wait=60s'])('sees nothing of %s', async (path) => {
    api = await testApi()
    const { key, secret } = await api.t.inviteMe.keys.create({ name: 'shop', role: 'viewer' })
    const follower = await api.t.inviteMe.keys.create({ name: 'shop', scopes: ['live'] })
    const [id, authorization] = path.startsWith('/v1/events')
      ? [key.id, `Bearer ${secret}`]
      : [follower.key.id, `Bearer ${follower.secret}`]
    const waiting = api.ask('GET', path, { authorization })
    await api.t.advance('2s')
    await api.t.inviteMe.keys.revoke(id)
    await api.t.inviteMe.topics.publish('group:a', { number: 1 })
    await api.t.advance('6s')
    expect(await waiting).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
  })

  test('is told when the token of a person ended', async () => {
    api = await testApi()
    const { token } = await api.app.world.tokens.make('sam', { lifeMs: 20_000, topics: ['group:a'] })
    const waiting = api.ask('GET', '/v1/topics/group:a?wait=60s', { authorization: `Bearer ${token}` })
    await api.t.advance('40s')
    await api.t.inviteMe.topics.publish('group:a', { number: 1 })
    await api.t.advance('1s')
    expect((await waiting).status).toBe(401)
  })
})

describe('what is not there', () => {
  test('is a problem document, also outside /v1 and for odd paths', async () => {
    api = await testApi()
    for (const path of [
      '/',
      '/v1',
      '/v1/',
      '/v1/nothing',
      '/v1/messages/',
      '/V1/messages',
      '/v1//messages',
      '/%00',
      '/%',
      '/v1/../etc/passwd',
    ])
      expect(await api.ask('GET', path)).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND', type: 'urn:invite-me:error:NOT_FOUND', title: 'Not found' },
      })
  })

  test('a method a path does not have names those it has', async () => {
    api = await testApi()
    const wrong = await api.ask('DELETE', '/v1/messages')
    expect(wrong).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } })
    expect(wrong.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
    const asked = await api.ask('OPTIONS', '/v1/messages/1')
    expect(asked.status).toBe(204)
    expect(asked.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    expect((await api.ask('POST', '/v1/deliveries/counts')).status).toBe(405)
  })

  test('HEAD answers as GET does, without a body', async () => {
    api = await testApi()
    expect(await api.ask('HEAD', '/v1/messages')).toMatchObject({ status: 200, body: '' })
    expect((await api.ask('HEAD', '/v1/messages/none')).status).toBe(404)
  })
})

describe('pages of other origins', () => {
  test('may not call unless they are named', async () => {
    api = await testApi()
    const { headers } = await api.ask('GET', '/healthz', { headers: { origin: 'https://app.test' } })
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('may call when they are named, and only they', async () => {
    api = await testApi({ origins: ['https://app.test'] })
    const preflight = (origin: string) =>
      api.ask('OPTIONS', '/v1/messages', {
        authorization: null,
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      })
    const allowed = await preflight('https://app.test')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.test')
    expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization')
    expect((await preflight('https://evil.test')).headers.get('access-control-allow-origin')).toBeNull()
    const refused = await api.ask('GET', '/v1/messages', {
      authorization: null,
      headers: { origin: 'https://app.test' },
    })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.test')
  })
})

describe('those who watch', () => {
  test('are told of every request, without paths, addresses and keys', async () => {
    const records: RequestRecord[] = []
    api = await testApi({ onRequest: (record) => records.push(record) })
    await api.ask('POST', '/v1/messages', { body: notice, headers: { 'x-request-id': 'r1' } })
    await api.ask('GET', '/v1/messages/secret-thing')
    await api.ask('GET', '/r/some-secret-token-0123456789', { authorization: null })
    await api.ask('GET', '/nowhere/secret-thing')
    await api.ask('PATCH', '/v1/messages/secret-thing')
    expect(records).toMatchObject([
      { method: 'POST', route: 'POST /v1/messages', status: 202, requestId: 'r1', keyId: expect.any(String) },
      { route: 'GET /v1/messages/{id}', status: 404 },
      { route: 'GET /r/{token}', status: 404, keyId: undefined },
      { route: 'unmatched', status: 404 },
      { route: 'PATCH /v1/messages/{id}', status: 405 },
    ])
    expect(JSON.stringify(records)).not.toMatch(/secret|imk_|sam/)
  })

  test('follow a request through a span below the caller’s own', async () => {
    const spans: unknown[] = []
    const tracer: Pick<Tracer, 'span'> = {
      span: (name, { parent }, work) => {
        spans.push({ name, parent })
        return work()
      },
    }
    api = await testApi({ tracer })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await api.ask('POST', '/v1/messages', { body: notice, headers: { traceparent } })
    await api.ask('GET', '/v1/messages', { headers: { traceparent: 'nonsense' } })
    expect(spans).toEqual([
      { name: 'POST /v1/messages', parent: traceparent },
      { name: 'GET /v1/messages', parent: null },
    ])
  })

  test('see metrics when there are any', async () => {
    api = await testApi({
      metrics: async () => ({ body: 'up 1\n', contentType: 'text/plain; version=0.0.4' }),
    })
    expect(await api.ask('GET', '/metrics', { authorization: null })).toMatchObject({
      status: 200,
      body: 'up 1\n',
    })
    await api.stop()
    api = await testApi()
    expect((await api.ask('GET', '/metrics')).status).toBe(404)
  })
})

describe('what administrators do', () => {
  test('is written down with who, what and to what, without secrets', async () => {
    api = await testApi()
    const made = await api.ask('POST', '/v1/keys', {
      body: { name: 'shop', role: 'sender' },
      headers: { 'x-request-id': 'r3' },
    })
    expect(made.status).toBe(201)
    const { key, secret } = made.body
    expect((await api.ask('DELETE', `/v1/keys/${key.id}`)).status).toBe(204)
    // What was refused, or only looked at, is no act.
    expect((await api.ask('DELETE', '/v1/keys/none')).status).toBe(404)
    expect((await api.ask('GET', '/v1/keys')).status).toBe(200)
    const { items } = (await api.ask('GET', '/v1/audit')).body
    expect(items).toMatchObject([
      { action: 'keys.revoke', target: key.id, actor: expect.stringMatching(/^key:/) },
      { action: 'keys.create', target: key.id, detail: { requestId: 'r3' } },
    ])
    expect(JSON.stringify(items)).not.toContain(secret)
  })

  test('is done even when it cannot be written down; that is told to the log', async () => {
    const errors: unknown[] = []
    api = await testApi({ log: { warn: () => undefined, error: (_message, fields) => errors.push(fields) } })
    api.t.inviteMe.audit.record = () => Promise.reject(new TypeError('away'))
    expect((await api.ask('POST', '/v1/keys', { body: { name: 'shop', role: 'sender' } })).status).toBe(201)
    expect(errors).toMatchObject([{ action: 'keys.create' }])
  })
})

test('a failure of ours is told to the log, not to the caller', async () => {
  const errors: unknown[] = []
  const log = {
    warn: () => undefined,
    error: (message: string, fields?: object) => errors.push({ message, ...fields }),
  }
  api = await testApi({ log })
  api.t.inviteMe.messages.list = () => Promise.reject(new TypeError('the password is hunter2'))
  const answer = await api.ask('GET', '/v1/messages', { headers: { 'x-request-id': 'r7' } })
  expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL', requestId: 'r7' } })
  expect(JSON.stringify(answer.body)).not.toContain('hunter2')
  expect(errors).toMatchObject([{ route: 'GET /v1/messages', requestId: 'r7' }])
})

describe('where keys are off', () => {
  const send = (headers: Record<string, string> = {}) =>
    api.ask('POST', '/v1/messages', { body: notice, authorization: null, headers })

  test('whoever reaches it is the owner', async () => {
    api = await testApi({ keys: 'off', hosts: ['api.test'] })
    expect((await send()).status).toBe(202)
    expect((await send({ origin: 'http://api.test' })).status).toBe(202)
    expect((await api.ask('POST', '/v1/keys', { body: { name: 'shop', role: 'viewer' } })).status).toBe(201)
    expect((await api.ask('GET', '/v1/audit')).body.items).toMatchObject([
      { actor: 'host', action: 'keys.create' },
    ])
  })

  test('a name nobody told may not be called: a foreign page could have made its own lead here', async () => {
    api = await testApi({ keys: 'off', hosts: ['api.internal'] })
    for (const headers of [{}, { origin: 'http://api.test' }])
      expect(await send(headers)).toMatchObject({ status: 403, body: { field: 'header.host' } })
    const asked = async (host: string) =>
      (await api.app.fetch(new Request(`http://${host}/v1/messages`))).status
    for (const host of [
      'api.internal',
      'API.internal:81',
      'localhost:8080',
      'a.localhost',
      '127.0.0.1',
      '[::1]:80',
    ])
      expect([host, await asked(host)]).toEqual([host, 200])
    for (const host of ['evil.test', 'localhost.evil.test', '127.0.0.1.evil.test'])
      expect([host, await asked(host)]).toEqual([host, 403])
    const socket = { upgrade: 'websocket', 'sec-websocket-protocol': liveProtocol, host: 'evil.test' }
    const opened = await api.app.fetch(new Request('http://evil.test/v1/live', { headers: socket }))
    expect(await opened.json()).toMatchObject({ status: 403, field: 'header.host' })
  })

  test('a page of another origin may not call, whatever its browser sends along', async () => {
    api = await testApi({ keys: 'off', hosts: ['api.test'], origins: ['https://app.test'] })
    for (const origin of ['https://evil.test', 'null', 'http://api.test:81', 'nonsense'])
      expect(await send({ origin })).toMatchObject({ status: 403, body: { field: 'header.origin' } })
    expect((await send({ origin: 'https://app.test' })).status).toBe(202)
  })
})

test('docs and portal can be left out', async () => {
  api = await testApi({ docs: false, portal: false })
  for (const path of ['/docs', '/openapi.json', '/r/some-secret-token-0123456789'])
    expect(await api.ask('GET', path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
})
