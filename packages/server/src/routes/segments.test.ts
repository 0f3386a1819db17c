import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi({}, { channels: ['email'] })
  for (const [externalId, city] of Object.entries({ ann: 'Berlin', bob: 'Paris', cem: 'Berlin' }))
    await api.t.inviteMe.recipients.upsert({ externalId, attributes: { city } })
})
afterEach(() => api.stop())

const filter = { all: [{ attribute: 'city', is: 'Berlin' }, { not: { has: 'email' } }] }
const idsOf = (body: { readonly items: readonly { readonly externalId: string }[] }): readonly string[] =>
  body.items.map(({ externalId }) => externalId)

describe('segments', () => {
  test('are saved, listed, counted, looked into and removed', async () => {
    const path = '/v1/segments/berlin'
    const saved = await api.ask('PUT', path, { body: { filter } })
    expect(saved).toMatchObject({ status: 200, body: { name: 'berlin', filter } })
    expect((await api.ask('GET', path)).body).toEqual(saved.body)
    expect((await api.ask('GET', '/v1/segments')).body).toEqual({ items: [saved.body], next: null })
    expect((await api.ask('GET', `${path}/count`)).body).toEqual({ count: 2 })
    const first = await api.ask('GET', `${path}/preview?limit=1`)
    expect(idsOf(first.body)).toEqual(['ann'])
    const second = await api.ask('GET', `${path}/preview?limit=1&after=${first.body.next}`)
    expect(idsOf(second.body)).toEqual(['cem'])
    expect((await api.ask('DELETE', path)).status).toBe(204)
    for (const rest of ['', '/count', '/preview'])
      expect(await api.ask('GET', `${path}${rest}`)).toMatchObject({
        status: 404,
        body: { code: 'SEGMENT_UNKNOWN', field: 'path.name' },
      })
    const { items } = (await api.ask('GET', '/v1/audit')).body
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      'segments.remove',
      'segments.save',
    ])
  })

  test('need not be saved to be counted and looked into', async () => {
    const body = { filter }
    expect((await api.ask('POST', '/v1/segments/count', { body })).body).toEqual({ count: 2 })
    const preview = await api.ask('POST', '/v1/segments/preview?limit=5', { body })
    expect(idsOf(preview.body)).toEqual(['ann', 'cem'])
    expect(preview.body.next).toBeNull()
  })

  test('show ten people when the query does not say how many', async () => {
    for (let number = 0; number < 12; number += 1)
      await api.t.inviteMe.recipients.upsert({ externalId: `more-${String(number)}` })
    const body = { filter: { externalId: { startsWith: 'more-' } } }
    const first = await api.ask('POST', '/v1/segments/preview', { body })
    expect(first.body.items).toHaveLength(10)
    const rest = await api.ask('POST', `/v1/segments/preview?after=${first.body.next}`, { body })
    expect(rest.body).toMatchObject({
      items: [{ externalId: 'more-10' }, { externalId: 'more-11' }],
      next: null,
    })
  })

  test.each<[string, string, unknown, number, string]>([
    ['PUT', '/berlin', {}, 422, 'filter'],
    ['PUT', '/berlin', { filter: [] }, 422, 'filter'],
    ['PUT', '/berlin', { filter: {} }, 422, 'filter'],
    ['PUT', '/berlin', { filter, name: 'x' }, 422, 'name'],
    ['PUT', '/Berlin', { filter }, 422, 'path.name'],
    [
      'PUT',
      '/berlin',
      { filter: { all: [{ has: 'email' }, { attribute: 7 }] } },
      422,
      'filter.all.1.attribute',
    ],
    ['POST', '/count', { filter: { any: [{ locale: 'English' }] } }, 422, 'filter.any.0.locale'],
    ['POST', '/preview', { filter: { not: { has: 1 } } }, 422, 'filter.not.has'],
    ['POST', '/preview?limit=0', { filter }, 422, 'query.limit'],
    ['DELETE', '/nobody', undefined, 404, 'path.name'],
    ['GET', '/no%20body', undefined, 422, 'path.name'],
  ])('%s /v1/segments%s with %j is refused', async (method, rest, body, status, field) => {
    const answer = await api.ask(method, `/v1/segments${rest}`, { body })
    expect(answer.body.field ?? answer.body).toBe(field)
    expect(answer.status).toBe(status)
  })
})
