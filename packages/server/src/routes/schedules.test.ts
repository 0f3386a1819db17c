import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi()
})
afterEach(() => api.stop())

const path = '/v1/schedules/morning'
const body = {
  when: { cron: '30 9 * * *', zone: 'UTC' },
  action: {
    ask: {
      to: { routes: { email: 'sam@guests.test' } },
      question: 'Lunch?',
      options: { answer: { type: 'yesNo' } },
    },
  },
}

describe('a schedule', () => {
  test('is saved, listed, told to run, disabled, enabled and removed', async () => {
    const saved = await api.ask('PUT', path, { body })
    expect(saved).toMatchObject({
      status: 200,
      body: {
        name: 'morning',
        when: body.when,
        missed: 'once',
        nextAt: '2026-01-05T09:30:00.000Z',
        action: { ask: { question: { text: 'Lunch?' }, options: { answer: { type: 'yesNo' } } } },
      },
    })
    expect((await api.ask('GET', '/v1/schedules')).body).toEqual({ items: [saved.body], next: null })
    expect((await api.ask('GET', path)).body).toEqual(saved.body)
    expect((await api.ask('GET', `${path}/next?count=2`)).body).toEqual({
      items: ['2026-01-05T09:30:00.000Z', '2026-01-06T09:30:00.000Z'],
    })
    const run = await api.ask('POST', `${path}/run`)
    expect(run).toMatchObject({ status: 200, body: { state: 'done', byHand: true, messages: 1 } })
    expect((await api.ask('GET', `${path}/runs?limit=1`)).body.items).toEqual([run.body])
    expect((await api.ask('POST', `${path}/disable`)).body).toMatchObject({ enabled: false, nextAt: null })
    expect((await api.ask('POST', `${path}/enable`)).body).toMatchObject({ enabled: true })
    expect((await api.ask('DELETE', path)).status).toBe(204)
    expect(await api.ask('GET', path)).toMatchObject({ status: 404, body: { code: 'SCHEDULE_UNKNOWN' } })
    expect((await api.ask('GET', '/v1/audit')).body.items).toEqual(
      expect.arrayContaining([expect.objectContaining({ action: 'schedules.save', target: 'morning' })]),
    )
  })

  test.each<[string, string, string, unknown, number, string]>([
    ['an impossible time', 'PUT', path, { ...body, when: { cron: '0 0 31 2 *' } }, 422, 'when.cron'],
    [
      'a zone that is none',
      'PUT',
      path,
      { ...body, when: { cron: '0 0 * * *', zone: 'Mars' } },
      422,
      'when.zone',
    ],
    ['no action', 'PUT', path, { when: body.when }, 422, 'action'],
    [
      'a key',
      'PUT',
      path,
      { ...body, action: { send: { to: 'a@b.test', content: 'x', options: { key: 'k' } } } },
      422,
      'action.send.options.key',
    ],
    ['a strange name', 'PUT', '/v1/schedules/a%20b', body, 422, 'path.name'],
    ['a strange count', 'GET', `${path}/next?count=0`, undefined, 422, 'query.count'],
    ['one that is not there', 'POST', `${path}/run`, undefined, 404, 'path.name'],
    ['one that is not there', 'DELETE', path, undefined, 404, 'path.name'],
  ])('is refused for %s', async (_what, method, where, given, status, field) => {
    expect(await api.ask(method, where, { body: given })).toMatchObject({ status, body: { field } })
  })
})
