import { afterEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { testApi, type TestApi } from './__fixtures__/api.ts'
import { maxJsonDepth, readPlainJson } from './plain-json.ts'

let api: TestApi | undefined
afterEach(async () => {
  await api?.stop()
  api = undefined
})
const path = '/v1/messages'
const to = { routes: { telegram: 'sam' } }

describe('a body that is no JSON of ours is refused', () => {
  test.each<[string, unknown, Record<string, string>, number, string]>([
    ['no body', undefined, {}, 422, 'body'],
    ['an empty one', '', {}, 422, 'body'],
    ['half a document', '{"to":', {}, 422, 'body'],
    ['a list', '[]', {}, 422, 'body'],
    ['a text', '"x"', {}, 422, 'body'],
    ['null', 'null', {}, 422, 'body'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xc3, 0x28, 0x22]), {}, 422, 'body'],
    ['a form', 'to=sam', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'header.content-type'],
    ['plain text', '{}', { 'content-type': 'text/plain' }, 415, 'header.content-type'],
    [
      'another charset',
      '{}',
      { 'content-type': 'application/json; charset=utf-16' },
      415,
      'header.content-type',
    ],
    ['JSON of a kind', '{}', { 'content-type': 'application/vnd.api+json' }, 415, 'header.content-type'],
    ['gzip', '{}', { 'content-encoding': 'gzip' }, 415, 'header.content-encoding'],
    ['two codings', '{}', { 'content-encoding': 'gzip, br' }, 415, 'header.content-encoding'],
  ])('%s', async (_story, body, headers, status, field) => {
    api = await testApi()
    const answer = await api.ask('POST', path, { body, headers })
    expect({ status: answer.status, field: answer.body.field }).toEqual({ status, field })
    if (field === 'header.content-encoding') expect(answer.headers.get('accept-encoding')).toBe('identity')
  })

  test('a charset of UTF-8 is fine in any spelling', async () => {
    api = await testApi()
    for (const charset of ['utf-8', 'UTF-8', '"utf-8"', 'utf8'])
      expect(
        (
          await api.ask('POST', path, {
            body: { to, content: 'x' },
            headers: { 'content-type': `application/json; charset=${charset}` },
          })
        ).status,
      ).toBe(202)
  })
})

describe('a body that would be too much', () => {
  test('is refused by its announced length, and by its real one', async () => {
    api = await testApi({ maxBodyBytes: 1_000 })
    const long = JSON.stringify({ to, content: 'x'.repeat(1_000) })
    expect(await api.ask('POST', path, { body: long })).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE', field: 'body' },
    })

    let given = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 100
        controller.enqueue(new Uint8Array(100).fill(0x20))
      },
    })
    expect((await api.ask('POST', path, { body: endless })).status).toBe(413)
    expect(given).toBeLessThan(2_000)
  })

  test('one that breaks off is refused', async () => {
    api = await testApi()
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"to":'))
        controller.error(new TypeError('connection lost'))
      },
    })
    expect(await api.ask('POST', path, { body: broken })).toMatchObject({
      status: 422,
      body: { field: 'body' },
    })
  })

  test('is refused when it is nested too deep, however deep', async () => {
    api = await testApi()
    for (const depth of [maxJsonDepth + 1, 100_000]) {
      const body = `{"to":${'['.repeat(depth)}${']'.repeat(depth)},"content":"x"}`
      expect(await api.ask('POST', path, { body })).toMatchObject({ status: 422, body: { field: 'to.0.0' } })
    }
  })
})

describe('text that cannot be stored', () => {
  test.each([
    ['{"to":"sam","content":"a\\u0000b"}', 'content'],
    ['{"to":["sam","a\\u0000"],"content":"x"}', 'to.1'],
    ['{"to":"sam","content":"\\ud83d"}', 'content'],
    ['{"to":"sam","content":"x","a\\u0000":1}', '?'],
    ['{"to":"sam","content":"x","__proto__":{"lane":1}}', '__proto__'],
    ['{"to":{"routes":{"__proto__":"x"}},"content":"x"}', 'to.routes.__proto__'],
  ])('%s is refused by name', async (body, field) => {
    api = await testApi()
    const answer = await api.ask('POST', path, { body })
    expect({ status: answer.status, field: answer.body.field }).toEqual({ status: 422, field })
  })

  test('a member given twice counts as it was given last, and pollutes nothing', async () => {
    api = await testApi()
    const body =
      '{"to":{"routes":{"telegram":"sam"}},"content":"first","content":"last","constructor":{"prototype":{"x":1}}}'
    expect(await api.ask('POST', path, { body })).toMatchObject({
      status: 422,
      body: { field: 'constructor' },
    })
    const twice = body.replace(/,"constructor".*$/, '}')
    expect((await api.ask('POST', path, { body: twice })).status).toBe(202)
    expect((await api.ask('GET', path)).body.items).toMatchObject([{ content: { text: 'last' } }])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test('emoji and every well-formed text pass as they are', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10, stringUnit: 'grapheme' }), (value) => {
        const text = JSON.stringify(value)
        if (text.includes('\\u0000') || text.includes('"__proto__"')) return
        expect(readPlainJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })
})
