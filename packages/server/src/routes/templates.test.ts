import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi({}, { channels: ['telegram', 'email'] })
})
afterEach(() => api.stop())

const dinner = {
  texts: { en: { text: 'Hello {{ name }}, dinner in {{ city }}?' }, de: { text: 'Hallo {{ name }}!' } },
  variables: { city: 'text' },
}

describe('a template', () => {
  test('is saved, found, listed by page, looked at, sent and removed', async () => {
    const saved = await api.ask('PUT', '/v1/templates/dinner', { body: dinner })
    expect(saved).toMatchObject({
      status: 200,
      body: { name: 'dinner', version: 1, variables: { city: { type: 'string' } } },
    })
    expect((await api.ask('PUT', '/v1/templates/dinner', { body: dinner })).body).toEqual(saved.body)
    await api.ask('PUT', '/v1/templates/dinner', { body: { texts: { en: { text: 'Two {{ name }}' } } } })
    await api.ask('PUT', '/v1/templates/other', { body: { texts: { en: { text: 'Other' } } } })

    expect((await api.ask('GET', '/v1/templates/dinner?version=1')).body).toEqual(saved.body)
    expect((await api.ask('GET', '/v1/templates/dinner')).body).toMatchObject({ version: 2 })
    const page = await api.ask('GET', '/v1/templates?limit=1')
    expect(page.body).toMatchObject({ items: [{ name: 'dinner', version: 2 }], next: expect.any(String) })
    const next = await api.ask('GET', `/v1/templates?limit=1&after=${page.body.next}`)
    expect(next.body.items).toMatchObject([{ name: 'other' }])
    const versions = await api.ask('GET', '/v1/templates/dinner/versions')
    expect(versions.body).toMatchObject({ items: [{ version: 2 }, { version: 1 }], next: null })

    const body = { version: 1, person: { name: 'Ann' }, variables: { city: 'Bonn' } }
    expect((await api.ask('POST', '/v1/templates/dinner/preview', { body })).body).toMatchObject({
      text: 'Hello Ann, dinner in Bonn?',
      locale: 'en',
      length: 26,
    })
    const content = { template: 'dinner', version: 1, variables: { city: 'Bonn' } }
    const to = { name: 'Ben', locale: 'de', routes: { telegram: 'ben' } }
    expect((await api.ask('POST', '/v1/messages', { body: { to, content } })).status).toBe(202)
    await api.t.advance('1s')
    expect(api.t.outbox.map(({ message }) => message.content.text)).toEqual(['Hallo Ben!'])
    const [message] = (await api.ask('GET', '/v1/messages')).body.items
    expect(message.content.template).toEqual({ name: 'dinner', version: 1 })

    expect((await api.ask('DELETE', '/v1/templates/dinner')).status).toBe(204)
    expect(await api.ask('GET', '/v1/templates/dinner')).toMatchObject({
      status: 404,
      body: { code: 'TEMPLATE_UNKNOWN' },
    })
  })

  test.each<[string, string, string, unknown, number, string, string]>([
    [
      'an unknown variable',
      'PUT',
      '/v1/templates/x',
      { texts: { en: { text: '{{ town }}' } } },
      422,
      'TEMPLATE_INVALID',
      'texts.en.text',
    ],
    ['no text', 'PUT', '/v1/templates/x', { texts: { en: {} } }, 422, 'TEMPLATE_INVALID', 'texts.en.text'],
    ['no texts', 'PUT', '/v1/templates/x', {}, 422, 'TEMPLATE_INVALID', 'texts'],
    [
      'a strange variable',
      'PUT',
      '/v1/templates/x',
      { texts: { en: { text: 'x' } }, variables: { a: 'thing' } },
      422,
      'TEMPLATE_INVALID',
      'variables.a.type',
    ],
    ['a name that cannot be', 'PUT', '/v1/templates/X%20Y', dinner, 422, 'REQUEST_INVALID', 'path.name'],
    [
      'a version that cannot be',
      'GET',
      '/v1/templates/x?version=0',
      undefined,
      422,
      'REQUEST_INVALID',
      'query.version',
    ],
    ['a template nobody saved', 'POST', '/v1/templates/x/preview', {}, 404, 'TEMPLATE_UNKNOWN', 'path.name'],
    ['a template nobody saved', 'DELETE', '/v1/templates/x', undefined, 404, 'TEMPLATE_UNKNOWN', 'path.name'],
    [
      'a value that is missing',
      'POST',
      '/v1/templates/dinner/preview',
      { person: { name: 'Ann' } },
      422,
      'TEMPLATE_VARIABLE_MISSING',
      'variables.city',
    ],
    [
      'a value of another type',
      'POST',
      '/v1/templates/dinner/preview',
      { variables: { city: 1 } },
      422,
      'REQUEST_INVALID',
      'variables.city',
    ],
    [
      'a value nobody asked for',
      'POST',
      '/v1/messages',
      { to: 'ann@guests.test', content: { template: 'dinner', variables: { town: 1 } } },
      422,
      'REQUEST_INVALID',
      'content.variables.town',
    ],
    [
      'a template beside a text',
      'POST',
      '/v1/messages',
      { to: 'ann@guests.test', content: { template: 'dinner', text: 'x' } },
      422,
      'REQUEST_INVALID',
      'content',
    ],
    [
      'a question by no template',
      'POST',
      '/v1/invitations',
      { to: 'ann@guests.test', question: { template: 'none' }, answer: { type: 'yesNo' } },
      404,
      'TEMPLATE_UNKNOWN',
      'question.template',
    ],
  ])('is refused with %s', async (_what, method, path, body, status, code, field) => {
    await api.ask('PUT', '/v1/templates/dinner', { body: dinner })
    const answer = await api.ask(method, path, body === undefined ? {} : { body })
    expect(answer).toMatchObject({ status, body: { code } })
    expect(answer.body.field).toMatch(new RegExp(`^${field}`))
  })
})
