import { scriptedChannel } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi(
    {},
    {
      channels: ['email', scriptedChannel({ name: 'in-app', supports: { inbox: true } })],
      webhooks: { post: async () => ({ status: 200, detail: null, retryAfterMs: null }) as never },
    },
  )
})
afterEach(() => api.stop())

const notice = (to: string, text: string) => api.t.inviteMe.send({ routes: { 'in-app': to } }, text)

describe('an inbox', () => {
  test('is paged, counted, read and done with', async () => {
    for (const text of ['One', 'Two', 'Three']) await notice('sam', text)
    await notice('ann', 'Not for Sam')
    await api.t.advance('1s')
    const first = await api.ask('GET', '/v1/inbox?address=sam&limit=2')
    expect(first.body.items.map(({ content }: { content: { text: string } }) => content.text)).toEqual([
      'Three',
      'Two',
    ])
    const second = await api.ask('GET', `/v1/inbox?address=sam&limit=2&after=${first.body.next}`)
    expect(second.body).toMatchObject({ items: [{ content: { text: 'One' } }], next: null })

    const ids = [first.body.items[0].id]
    expect((await api.ask('POST', '/v1/inbox/read?address=sam', { body: { ids } })).body).toEqual({
      changed: 1,
    })
    expect((await api.ask('POST', '/v1/inbox/read?address=sam', { body: { ids } })).body).toEqual({
      changed: 0,
    })
    expect((await api.ask('POST', '/v1/inbox/read?address=ann', { body: { ids } })).body).toEqual({
      changed: 0,
    })
    expect((await api.ask('GET', '/v1/inbox/count?address=sam&only=unread')).body).toEqual({ count: 2 })
    expect(
      (await api.ask('POST', '/v1/inbox/acknowledge?address=sam', { body: { ids: 'all' } })).body,
    ).toEqual({ changed: 3 })
    expect((await api.ask('GET', '/v1/inbox/count?address=sam&only=unacknowledged')).body).toEqual({
      count: 0,
    })
  })

  test.each<[string, string, string, unknown, string]>([
    ['nobody', 'GET', '/v1/inbox', undefined, 'query.address'],
    ['an unknown part', 'GET', '/v1/inbox?address=sam&only=old', undefined, 'query.only'],
    ['a wrong cursor', 'GET', '/v1/inbox?address=sam&after=%21', undefined, 'query.after'],
    ['a wrong limit', 'GET', '/v1/inbox?address=sam&limit=0', undefined, 'query.limit'],
    ['a channel that cannot be', 'GET', '/v1/inbox?address=sam&channel=In%20App', undefined, 'query.channel'],
    ['a word nobody knows', 'GET', '/v1/inbox?address=sam&colour=red', undefined, 'query.colour'],
    ['an address given twice', 'GET', '/v1/inbox?address=sam&address=ann', undefined, 'query.address'],
    ['no ids', 'POST', '/v1/inbox/read?address=sam', {}, 'ids'],
    ['empty ids', 'POST', '/v1/inbox/read?address=sam', { ids: [] }, 'ids'],
    ['other ids', 'POST', '/v1/inbox/acknowledge?address=sam', { ids: [1] }, 'ids.0'],
    ['no answer', 'POST', '/v1/inbox/x/answer?address=sam', {}, 'input'],
    [
      'a strange answer',
      'POST',
      '/v1/inbox/x/answer?address=sam',
      { input: { kind: 'shout' } },
      'input.kind',
    ],
  ])('is refused for %s', async (_what, method, path, body, field) => {
    const code = field.startsWith('input') ? 'ANSWER_INVALID' : 'REQUEST_INVALID'
    expect(await api.ask(method, path, { body })).toMatchObject({ status: 422, body: { code, field } })
  })

  test('has no question where there is none', async () => {
    expect(
      await api.ask('POST', '/v1/inbox/nothing/answer?address=sam', {
        body: { input: { kind: 'text', text: 'yes' } },
      }),
    ).toMatchObject({
      status: 404,
      body: { code: 'INVITATION_UNKNOWN', field: 'path.itemId' },
    })
  })

  test("is opened by a person's own token without naming them, and no other", async () => {
    await notice('sam', 'Hello')
    await api.t.advance('1s')
    const { body } = await api.ask('POST', '/v1/recipients/sam/token')
    const authorization = `Bearer ${body.token}`
    expect((await api.ask('GET', '/v1/inbox', { authorization })).body.items).toHaveLength(1)
    expect((await api.ask('POST', '/v1/inbox/read', { authorization, body: { ids: 'all' } })).body).toEqual({
      changed: 1,
    })
    for (const path of ['/v1/inbox?address=ann', '/v1/inbox/count?address=ann'])
      expect(await api.ask('GET', path, { authorization })).toMatchObject({
        status: 403,
        body: { field: 'query.address' },
      })
    await api.t.advance('2h')
    expect((await api.ask('GET', '/v1/inbox', { authorization })).status).toBe(401)
  })
})

describe('channels', () => {
  test('are listed in order and checked by name', async () => {
    const { body } = await api.ask('GET', '/v1/channels')
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['email', 'in-app'])
    expect(await api.ask('POST', '/v1/channels/email/probe')).toMatchObject({
      status: 200,
      body: { ok: true },
    })
    expect(await api.ask('POST', '/v1/channels/pigeon/probe')).toMatchObject({
      status: 422,
      body: { code: 'CHANNEL_UNKNOWN', field: 'path.name' },
    })
  })

  test('that hang are told so after twenty seconds, those that break at once', async () => {
    await api.stop()
    const hanging = {
      ...scriptedChannel({ name: 'email' }),
      probe: () => new Promise<never>(() => undefined),
    }
    const breaking = {
      ...scriptedChannel({ name: 'telegram' }),
      probe: () => Promise.reject(new TypeError('secret in here')),
    }
    api = await testApi({}, { channels: [hanging, breaking] })
    const answer = api.ask('POST', '/v1/channels/email/probe')
    await api.t.advance('21s')
    expect((await answer).body).toEqual({ ok: false, detail: 'it did not answer within 20 s' })
    const broken = await api.ask('POST', '/v1/channels/telegram/probe')
    expect(broken.body.ok).toBe(false)
    expect(JSON.stringify(broken.body)).not.toContain('secret')
  })
})

describe('events', () => {
  test('are read to their end and on from there, without a gap', async () => {
    for (let number = 0; number < 5; number += 1) await notice('sam', `Number ${number}`)
    await api.t.advance('1s')
    const all: unknown[] = []
    let after = ''
    for (;;) {
      const { body } = await api.ask('GET', `/v1/events?limit=3${after}`)
      all.push(...body.items)
      after = `&after=${body.next}`
      if (body.items.length === 0) break
    }
    expect(all).toEqual(JSON.parse(JSON.stringify(await api.t.inviteMe.events.list())))
    const waiting = api.ask('GET', `/v1/events?wait=30s${after}`)
    await api.t.advance('10s')
    const { messageId } = await notice('sam', 'One more')
    await api.t.advance('1s')
    expect((await waiting).body.items[0]).toMatchObject({ type: 'message.accepted', messageId })
    expect((await api.ask('GET', '/v1/events/last')).body.cursor).toBeGreaterThan(all.length)
  })

  test('that do not happen end the wait with an empty page to go on from', async () => {
    const { body } = await api.ask('GET', '/v1/events')
    const waiting = api.ask('GET', `/v1/events?wait=5s&after=${body.next}`)
    await api.t.advance('6s')
    expect((await waiting).body).toEqual({ items: [], next: body.next })
  })

  test.each([
    ['wait=61s', 'query.wait'],
    ['wait=long', 'query.wait'],
    ['after=MQ%3D', 'query.after'],
    ['after=YWJj', 'query.after'],
    ['limit=1001', 'query.limit'],
  ])('are refused for %s', async (query, field) => {
    expect(await api.ask('GET', `/v1/events?${query}`)).toMatchObject({ status: 422, body: { field } })
  })
})

describe('webhooks', () => {
  const url = 'https://example.org/hooks'

  test('are made, changed, renewed and removed; the secret is shown once', async () => {
    const made = await api.ask('POST', '/v1/webhooks', { body: { url, types: ['invitation.accepted'] } })
    expect(made).toMatchObject({
      status: 201,
      body: { endpoint: { url, state: 'enabled' }, secret: expect.stringMatching(/^whsec_/) },
    })
    const { id } = made.body.endpoint
    const path = `/v1/webhooks/${id}`
    expect((await api.ask('GET', path)).body).toEqual(made.body.endpoint)
    expect((await api.ask('GET', '/v1/webhooks')).body).toEqual({ items: [made.body.endpoint], next: null })
    expect((await api.ask('PATCH', path, { body: { types: null, state: 'disabled' } })).body).toMatchObject({
      types: null,
      state: 'disabled',
      url,
    })
    const renewed = await api.ask('POST', `${path}/rotate-secret`, { body: { keepFor: '1h' } })
    expect(renewed.body.secret).not.toBe(made.body.secret)
    expect((await api.ask('POST', `${path}/rotate-secret`)).status).toBe(200)
    expect((await api.ask('GET', `${path}/postings?state=failed`)).body).toEqual({ items: [], next: null })
    expect(
      (await api.ask('POST', `${path}/replay`, { body: { since: '2026-01-01T00:00:00Z', state: 'failed' } }))
        .body,
    ).toEqual({ replayed: 0 })
    expect((await api.ask('DELETE', path)).status).toBe(204)
    expect(await api.ask('GET', path)).toMatchObject({
      status: 404,
      body: { code: 'WEBHOOK_UNKNOWN', field: 'path.id' },
    })
    const { items } = (await api.ask('GET', '/v1/audit')).body
    expect(items.map(({ target }: { target: string }) => target)).toEqual(items.map(() => id))
    expect(JSON.stringify(items)).not.toContain('whsec_')
  })

  test.each<[string, string, unknown, number, string]>([
    ['POST', '', { url: 'not an address' }, 422, 'url'],
    ['POST', '', { url: 'file:///etc/passwd' }, 422, 'url'],
    ['POST', '', {}, 422, 'url'],
    ['POST', '', { url, types: [] }, 422, 'types'],
    ['POST', '', { url, types: ['weather.changed'] }, 422, 'types.0'],
    ['POST', '', { url, secret: 'mine' }, 422, 'secret'],
    ['PATCH', '/nothing', { state: 'asleep' }, 422, 'state'],
    ['PATCH', '/nothing', { state: 'enabled' }, 404, 'path.id'],
    ['POST', '/nothing/rotate-secret', { keepFor: 'ever' }, 422, 'keepFor'],
    ['POST', '/nothing/rotate-secret', {}, 404, 'path.id'],
    ['POST', '/nothing/replay', { since: 'yesterday' }, 422, 'since'],
    ['POST', '/nothing/replay', { ids: [] }, 422, 'ids'],
    ['POST', '/nothing/replay', {}, 422, 'ids'],
    ['POST', '/nothing/replay', { ids: ['x'] }, 404, 'path.id'],
    ['GET', '/nothing/postings', undefined, 404, 'path.id'],
    ['GET', '/nothing/postings?state=lost', undefined, 422, 'query.state'],
    ['DELETE', '/nothing', undefined, 404, 'path.id'],
  ])('%s /v1/webhooks%s with %j is refused', async (method, rest, body, status, field) => {
    const answer = await api.ask(method, `/v1/webhooks${rest}`, { body })
    expect(answer.body.field ?? answer.body).toBe(field)
    expect(answer.status).toBe(status)
  })
})

describe('keys', () => {
  test('are made by an owner, work at once and end at once', async () => {
    const made = await api.ask('POST', '/v1/keys', { body: { name: 'shop', role: 'viewer' } })
    expect(made).toMatchObject({ status: 201, body: { key: { name: 'shop', scopes: ['read', 'live'] } } })
    const authorization = `Bearer ${made.body.secret}`
    expect((await api.ask('GET', '/v1/recipients', { authorization })).status).toBe(200)
    expect((await api.ask('GET', '/v1/keys', { authorization })).status).toBe(403)
    expect((await api.ask('DELETE', `/v1/keys/${made.body.key.id}`)).status).toBe(204)
    expect((await api.ask('GET', '/v1/recipients', { authorization })).status).toBe(401)
    const listed = await api.ask('GET', '/v1/keys')
    expect(JSON.stringify(listed.body)).not.toContain(made.body.secret)
    expect(listed.body.items.at(-1)).toMatchObject({ id: made.body.key.id, revokedAt: expect.any(String) })
  })

  test.each<[unknown, string]>([
    [{}, 'name'],
    [{ name: 'x' }, 'role'],
    [{ name: 'x', role: 'viewer', scopes: ['read'] }, 'role'],
    [{ name: 'x', role: 'god' }, 'role'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['write'] }, 'scopes.0'],
    [{ name: 'x', role: 'viewer', expiresAt: 'soon' }, 'expiresAt'],
    [{ name: 'x', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ name: 'x\ny', role: 'viewer' }, 'name'],
  ])('are refused for %j', async (body, field) => {
    expect(await api.ask('POST', '/v1/keys', { body })).toMatchObject({
      status: 422,
      body: { code: 'REQUEST_INVALID', field },
    })
  })

  test('nobody has made cannot be ended', async () => {
    expect(await api.ask('DELETE', '/v1/keys/nothing')).toMatchObject({
      status: 404,
      body: { code: 'KEY_UNKNOWN', field: 'path.id' },
    })
  })
})

test('what fits nothing is listed with what it says, and thrown away', async () => {
  const request = new Request('http://x.test/', { method: 'POST', body: JSON.stringify({}) })
  await api.t.inviteMe.receive('email', request).catch(() => undefined)
  const { status, body } = await api.ask('GET', '/v1/unmatched')
  expect(status).toBe(200)
  expect(body).toEqual({
    items: JSON.parse(JSON.stringify(await api.t.inviteMe.unmatched.list())),
    next: null,
  })
  expect((await api.ask('DELETE', '/v1/unmatched/nothing')).status).toBe(204)
})
