import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi()
  await api.ask('PUT', '/v1/recipients/ann', { body: { routes: { email: 'ann@guests.test' } } })
})
afterEach(() => api.stop())

const path = '/v1/recipients/ann/preferences'

describe('preferences of a person', () => {
  test('are looked at and changed part by part', async () => {
    expect((await api.ask('GET', path)).body).toEqual({ order: [], off: [], on: [] })
    const body = {
      order: ['email'],
      off: [{ channel: 'email', category: 'news' }],
      on: [{ category: 'reminder' }],
      window: { from: '18:00', to: '22:00' },
      zone: 'Europe/Berlin',
    }
    expect(await api.ask('PUT', path, { body })).toMatchObject({
      status: 200,
      body: { order: ['email'], window: { sun: [{ from: '18:00', to: '22:00' }] }, zone: 'Europe/Berlin' },
    })
    const taken = await api.ask('PUT', path, { body: { window: null, zone: null, on: [] } })
    expect(taken.body).toEqual({ order: ['email'], off: [{ channel: 'email', category: 'news' }], on: [] })
    expect((await api.ask('GET', path)).body).toEqual(taken.body)
    expect((await api.ask('GET', '/v1/recipients/ann')).body.preferences).toEqual({
      order: ['email'],
      off: [{ channel: 'email', category: 'news' }],
    })
  })

  test.each([
    ['zone', { zone: 'Mars/Olympus' }],
    ['off.0', { off: [{}] }],
    ['on.0.category', { on: [{ channel: 'email' }] }],
    ['order.0', { order: ['Big'] }],
    ['window', { window: { mon: [] } }],
  ])('are refused with a wrong %s', async (field, body) => {
    expect(await api.ask('PUT', path, { body })).toMatchObject({ status: 422, body: { field } })
    expect((await api.ask('GET', path)).body).toEqual({ order: [], off: [], on: [] })
  })

  test('of nobody are not found', async () => {
    const unknown = { status: 404, body: { code: 'RECIPIENT_UNKNOWN', field: 'path.externalId' } }
    expect(await api.ask('GET', '/v1/recipients/bob/preferences')).toMatchObject(unknown)
    expect(await api.ask('PUT', '/v1/recipients/bob/preferences', { body: {} })).toMatchObject(unknown)
    expect(await api.ask('POST', '/v1/recipients/bob/preferences/link')).toMatchObject(unknown)
  })

  test('are their own to change with a token of theirs, and nobody else’s', async () => {
    const { body } = await api.ask('POST', '/v1/recipients/ann/token')
    const authorization = `Bearer ${body.token}`
    const changed = await api.ask('PUT', path, { body: { off: [{ category: 'news' }] }, authorization })
    expect(changed).toMatchObject({ status: 200, body: { off: [{ category: 'news' }] } })
    expect((await api.ask('GET', path, { authorization })).body).toEqual(changed.body)
    await api.ask('PUT', '/v1/recipients/bob', { body: {} })
    for (const [method, more] of [
      ['GET', {}],
      ['PUT', { body: {} }],
    ] as const)
      expect(
        await api.ask(method, '/v1/recipients/bob/preferences', { authorization, ...more }),
      ).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      })
    expect(await api.ask('POST', `${path}/link`, { authorization })).toMatchObject({ status: 403 })
    expect(await api.ask('GET', '/v1/suppressions', { authorization })).toMatchObject({ status: 403 })
  })

  test('have a page of their own, for a while', async () => {
    const { status, body } = await api.ask('POST', `${path}/link`, { body: { expiresIn: '1h' } })
    expect([status, Date.parse(body.expiresAt) - api.t.clock.now()]).toEqual([200, 3_600_000])
    expect(body.url).toMatch(/^https:\/\/portal\.test\/p\/[0-9a-z]{26}$/)
    expect((await api.ask('POST', `${path}/link`)).status).toBe(200)
    expect(await api.ask('POST', `${path}/link`, { body: { expiresIn: 'soon' } })).toMatchObject({
      status: 422,
      body: { field: 'expiresIn' },
    })
  })
})

describe('suppressions', () => {
  const load = (body: string, type: string) =>
    api.ask('POST', '/v1/suppressions/import', {
      body: new TextEncoder().encode(body),
      headers: { 'content-type': type },
    })

  test('are written for one kind, listed with their source, and taken back', async () => {
    const body = { channel: 'email', address: 'bob@guests.test', category: 'news' }
    await api.ask('POST', '/v1/suppressions', { body })
    await api.ask('POST', '/v1/suppressions', { body: { channel: 'email', address: 'cy@guests.test' } })
    const all = (await api.ask('GET', '/v1/suppressions')).body
    expect(all).toMatchObject({
      items: [
        { ...body, reason: 'opted_out', source: 'host' },
        { address: 'cy@guests.test', category: null, source: 'host' },
      ],
      next: null,
    })
    const first = (await api.ask('GET', '/v1/suppressions?limit=1')).body
    expect(first.items).toEqual([all.items[0]])
    const rest = (await api.ask('GET', `/v1/suppressions?after=${first.next}`)).body
    expect(rest.items).toEqual([all.items[1]])
    for (const [query, found] of [
      ['category=news', [all.items[0]]],
      ['category=', [all.items[1]]],
      ['source=reply', []],
      ['channel=email&reason=opted_out', all.items],
    ] as const)
      expect((await api.ask('GET', `/v1/suppressions?${query}`)).body.items).toEqual(found)
    expect(await api.ask('GET', '/v1/suppressions?source=magic')).toMatchObject({
      status: 422,
      body: { field: 'query.source' },
    })
    await api.ask('POST', '/v1/suppressions/remove', { body })
    expect((await api.ask('GET', '/v1/suppressions?category=news')).body.items).toEqual([])
  })

  test('are taken from a list, and what was handed out comes back as it was', async () => {
    const csv = 'channel,address,category,reason\nemail,bob@guests.test,news,\nemail,,,\npigeon,x,,\n'
    const report = await load(csv, 'text/csv')
    expect(report).toMatchObject({
      status: 200,
      body: { imported: 1, repeated: 0, problems: [{ line: 3, field: 'address' }, { line: 4 }] },
    })
    const { items } = (await api.ask('GET', '/v1/suppressions')).body
    expect(items).toMatchObject([{ category: 'news', reason: 'opted_out', source: 'import' }])
    await api.ask('POST', '/v1/suppressions/remove', {
      body: { channel: 'email', address: 'bob@guests.test', category: 'news' },
    })
    const again = await load(`${JSON.stringify(items[0])}\nnonsense\n`, 'application/x-ndjson')
    expect(again.body).toMatchObject({ imported: 1, problems: [{ line: 2 }] })
    const [kept] = (await api.ask('GET', '/v1/suppressions')).body.items
    expect({ ...kept, id: items[0].id }).toEqual(items[0])
    expect(await load('channel\nemail\n', 'text/csv')).toMatchObject({
      status: 422,
      body: { code: 'REQUEST_INVALID', field: 'body' },
    })
  })
})
