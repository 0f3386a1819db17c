import { scriptedChannel } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
beforeEach(async () => {
  api = await testApi()
})
afterEach(() => api.stop())

const csv = { 'content-type': 'text/csv' }
const ndjson = { 'content-type': 'application/x-ndjson' }
const load = (body: unknown, headers: Record<string, string>, query = '') =>
  api.ask('POST', `/v1/recipients/import${query}`, { body, headers })
const bytes = (text: string) => new TextEncoder().encode(text)

describe('a person', () => {
  test('is put where they are; doing it twice changes nothing', async () => {
    const body = { name: 'Ann', routes: { email: 'ann@guests.test' }, attributes: { table: 4 } }
    const first = await api.ask('PUT', '/v1/recipients/ann', { body })
    const second = await api.ask('PUT', '/v1/recipients/ann', { body })
    expect(first).toMatchObject({
      status: 200,
      body: { externalId: 'ann', name: 'Ann', attributes: { table: 4 } },
    })
    expect(second.body).toEqual(first.body)
    expect((await api.ask('GET', '/v1/recipients')).body).toEqual({ items: [first.body], next: null })
  })

  test.each(['a/b', 'a%2Fb', '50 %', 'Zoë 🎉', 'a?b=c#d', '../x', 'import', '+49 170', "'; drop table--"])(
    'may be called %j',
    async (externalId) => {
      const path = `/v1/recipients/${encodeURIComponent(externalId)}`
      expect(await api.ask('PUT', path, { body: { name: 'N' } })).toMatchObject({
        status: 200,
        body: { externalId },
      })
      expect(await api.ask('GET', path)).toMatchObject({ status: 200, body: { externalId, name: 'N' } })
      const exported = await api.ask('GET', `${path}/export`)
      expect(exported.body.recipient.externalId).toBe(externalId)
      expect((await api.ask('GET', '/v1/audit')).body.items[0]).toMatchObject({
        action: 'recipients.export',
        // Not what they are called: that may be an address, and is forgotten with them.
        target: exported.body.recipient.id,
      })
      expect(await api.ask('DELETE', path)).toMatchObject({ status: 204, body: '' })
      expect(await api.ask('GET', path)).toMatchObject({
        status: 404,
        body: { code: 'RECIPIENT_UNKNOWN', field: 'path.externalId' },
      })
    },
  )

  test.each([
    ['routes.email', { routes: { email: '' } }],
    ['routes.0.channel', { routes: [{ channel: 'E-Mail', address: 'a@b.test' }] }],
    ['routes.0.rank', { routes: [{ channel: 'email', address: 'a@b.test', rank: 0 }] }],
    ['zone', { zone: 'Mars/Olympus' }],
    ['locale', { locale: 'english please' }],
    ['attributes.list', { attributes: { list: [1] } }],
    ['preferences.off.0', { preferences: { off: [{}] } }],
    ['path.externalId', { externalId: 'somebody else' }],
    ['nickname', { nickname: 'Annie' }],
    ['name', { name: 'An\u0000n' }],
    ['name', { name: 'An\nn' }],
    ['body', []],
  ])('is refused for %s', async (field, body) => {
    const answer = await api.ask('PUT', '/v1/recipients/ann', { body })
    expect(answer).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID', field } })
    expect((await api.ask('GET', '/v1/recipients/ann')).status).toBe(404)
  })

  test.each(['%00', '%ED%A0%80', '%'])('cannot be called %s', async (name) => {
    const { status, body } = await api.ask('PUT', `/v1/recipients/${name}`, { body: {} })
    expect(status === 422 || status === 404 || status === 200).toBe(true)
    if (name === '%00') expect(body).toMatchObject({ code: 'REQUEST_INVALID', field: 'path.externalId' })
  })

  test('forgotten is written down without their name', async () => {
    const { body } = await api.ask('PUT', '/v1/recipients/ann%40guests.test', { body: {} })
    await api.ask('DELETE', '/v1/recipients/ann%40guests.test')
    await api.ask('POST', '/v1/suppressions', { body: { channel: 'email', address: 'ann@guests.test' } })
    await api.ask('POST', '/v1/recipients/ann%40guests.test/token')
    const { items } = (await api.ask('GET', '/v1/audit')).body
    expect(items.map(({ action, target }: Record<string, unknown>) => [action, target])).toEqual([
      ['recipients.token', null],
      ['recipients.optOut', 'email'],
      ['recipients.erase', body.id],
      ['recipients.upsert', body.id],
    ])
    expect(JSON.stringify(items)).not.toContain('ann@')
  })

  test('who said stop is not written to, until they take it back', async () => {
    const body = { channel: 'email', address: 'Ann@Guests.test' }
    expect((await api.ask('POST', '/v1/suppressions', { body })).status).toBe(204)
    expect((await api.ask('POST', '/v1/suppressions', { body })).status).toBe(204)
    expect((await api.ask('POST', '/v1/suppressions/remove', { body })).status).toBe(204)
    expect((await api.ask('POST', '/v1/suppressions/remove', { body })).status).toBe(204)
    expect(
      await api.ask('POST', '/v1/suppressions', { body: { channel: 'pigeon', address: 'x' } }),
    ).toMatchObject({
      status: 422,
      body: { code: 'CHANNEL_UNKNOWN', field: 'channel' },
    })
    expect(
      await api.ask('POST', '/v1/suppressions', { body: { channel: 'email', address: '' } }),
    ).toMatchObject({
      status: 422,
      body: { code: 'ADDRESS_INVALID', field: 'address' },
    })
  })

  test('gets a token of their own, for a while', async () => {
    const { status, body } = await api.ask('POST', '/v1/recipients/sam/token', {
      body: { expiresIn: '10m', topics: ['group:7'] },
    })
    expect(status).toBe(200)
    expect(Date.parse(body.expiresAt) - api.t.clock.now()).toBe(600_000)
    for (const [field, wrong] of [
      ['expiresIn', { expiresIn: '25h' }],
      ['expiresIn', { expiresIn: 'soon' }],
      ['topics.0', { topics: ['user:ann'] }],
      ['topics.0', { topics: ['group:'] }],
    ] as const)
      expect(await api.ask('POST', '/v1/recipients/sam/token', { body: wrong })).toMatchObject({
        status: 422,
        body: { field },
      })
  })

  test('gets an address by which they connect a medium, when it has one', async () => {
    await api.stop()
    const telegram = {
      ...scriptedChannel({ name: 'telegram' }),
      connectUrl: (token: string) => `https://t.me/bot?start=${token}`,
    }
    api = await testApi({}, { channels: [telegram, 'email'] })
    const connect = (externalId: string, body: unknown) =>
      api.ask('POST', `/v1/recipients/${externalId}/connect`, { body })
    await api.ask('PUT', '/v1/recipients/sam', { body: {} })
    const { status, body } = await connect('sam', { channel: 'telegram', expiresIn: '1h' })
    expect(status).toBe(200)
    expect(body.url).toMatch(/^https:\/\/t\.me\/bot\?start=[\w-]{16,}$/)
    expect(Date.parse(body.expiresAt) - api.t.clock.now()).toBe(3_600_000)
    for (const [externalId, wrong, expected] of [
      [
        'nobody',
        { channel: 'telegram' },
        { status: 404, body: { code: 'RECIPIENT_UNKNOWN', field: 'path.externalId' } },
      ],
      ['sam', { channel: 'email' }, { status: 422, body: { code: 'CHANNEL_UNKNOWN', field: 'channel' } }],
      ['sam', { channel: 'telegram', expiresIn: -1 }, { status: 422, body: { field: 'expiresIn' } }],
      ['sam', {}, { status: 422, body: { field: 'channel' } }],
    ] as const)
      expect(await connect(externalId, wrong)).toMatchObject(expected)
  })
})

describe('an import', () => {
  test('of ten thousand lines is read as it comes; bad lines are told with their number', async () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (sent >= 10_000) return controller.close()
          let chunk = ''
          for (let of = 0; of < 100; of += 1) {
            sent += 1
            chunk +=
              sent % 1_000 === 0
                ? '{"externalId":""}\n'
                : `${JSON.stringify({ externalId: `p${sent}`, routes: { email: `p${sent}@guests.test` } })}\n`
          }
          controller.enqueue(bytes(chunk))
        },
      },
      { highWaterMark: 0 },
    )
    const { status, body: report } = await load(body, ndjson)
    expect(status).toBe(200)
    expect(report).toMatchObject({ imported: 9_990, repeated: 0 })
    expect(report.problems.map(({ line }: { line: number }) => line)).toEqual(
      Array.from({ length: 10 }, (_, index) => (index + 1) * 1_000),
    )
    expect(report.problems[0]).toMatchObject({ field: 'externalId' })
  })

  test('that breaks off keeps what was there and says so', async () => {
    let chunks = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          chunks += 1
          if (chunks > 3) return controller.error(new TypeError('socket hang up'))
          const lines = Array.from({ length: 400 }, (_, index) => `{"externalId":"c${chunks}-${index}"}\n`)
          controller.enqueue(bytes(lines.join('')))
        },
      },
      { highWaterMark: 0 },
    )
    expect(await load(body, ndjson)).toMatchObject({
      status: 422,
      body: { code: 'REQUEST_INVALID', field: 'body' },
    })
    expect((await api.ask('GET', '/v1/recipients/c1-0')).status).toBe(200)
    expect((await api.ask('GET', '/v1/recipients/c3-399')).status).toBe(404)
  })

  test('that falls silent is given up after a minute', async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes('{"externalId":"one"}\n')),
      cancel: () => {
        isCancelled = true
      },
    })
    const answer = load(body, ndjson)
    await api.t.advance('61s')
    expect(await answer).toMatchObject({ status: 422, body: { field: 'body' } })
    expect(isCancelled).toBe(true)
  })

  test('that broke off after some were stored is written down all the same', async () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1
        if (sent === 3) controller.error(new Error('gone'))
        else
          controller.enqueue(
            bytes(
              Array.from({ length: 1_000 }, (_, index) => `{"externalId":"${sent}-${index}"}\n`).join(''),
            ),
          )
      },
    })
    expect((await api.ask('POST', '/v1/recipients/import', { body, headers: ndjson })).status).toBe(422)
    expect((await api.ask('GET', '/v1/recipients')).body.items).not.toEqual([])
    expect((await api.ask('DELETE', '/v1/recipients/nobody')).status).toBe(404)
    expect((await api.ask('GET', '/v1/audit')).body.items).toMatchObject([
      { action: 'recipients.import', target: null, detail: { endedBy: 'REQUEST_INVALID' } },
    ])
  })

  test('by a client that went away ends, and lets go of what it read', async () => {
    const ending = new AbortController()
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes('{"externalId":"one"}\n')),
      cancel: () => {
        isCancelled = true
      },
    })
    const answer = api
      .ask('POST', '/v1/recipients/import', { body, headers: ndjson, signal: ending.signal })
      .catch(() => undefined)
    await api.t.advance('1s')
    ending.abort()
    await api.t.advance('1s')
    await answer
    expect(isCancelled).toBe(true)
  })

  test('of CSV takes a byte order mark, any delimiter, and tells what is wrong with a line', async () => {
    const text =
      '\ufeffexternalId;name;email;table\r\nann;Ann;ann@guests.test;4\r\nbob;Bob\r\n\r\n;Eve;;5\r\n"sam";"S ""the"" Am";sam@guests.test;"1\n2"\r\n'
    const { status, body } = await load(text, csv)
    expect(status).toBe(200)
    expect(body.imported).toBe(2)
    expect(body.problems.map(({ line }: { line: number }) => line)).toEqual([3, 5])
    expect((await api.ask('GET', '/v1/recipients/sam')).body).toMatchObject({
      name: 'S "the" Am',
      attributes: { table: '1\n2' },
    })
  })

  test('of CSV in another encoding is read when it is named', async () => {
    const windows = Uint8Array.of(...bytes('externalId,name\nzoe,Zo'), 0xeb)
    expect((await load(windows, csv)).body).toMatchObject({ imported: 0, problems: [{ line: 2 }] })
    expect((await load(windows, csv, '?encoding=windows-1252')).body).toMatchObject({ imported: 1 })
    expect((await api.ask('GET', '/v1/recipients/zoe')).body.name).toBe('Zoë')
    expect(await load(windows, csv, '?encoding=klingon')).toMatchObject({
      status: 422,
      body: { field: 'query.encoding' },
    })
  })

  test.each<[string, string, string]>([
    ['an empty list', '', 'body'],
    ['headings that say nothing', 'colour,size\nred,4', 'body'],
    ['the same heading twice', 'email,e-mail,mail\na@b.test,,', 'body'],
  ])('of CSV cannot be used: %s', async (_what, text, field) => {
    const answer = await load(bytes(text), csv)
    expect(answer).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID', field } })
  })

  test.each([
    ['no JSON', '{"externalId":'],
    ['a list', '[1,2]'],
    ['a text', '"ann"'],
    ['nothing', 'null'],
    ['a NUL', '{"externalId":"a\\u0000b"}'],
    ['a NUL in an attribute', '{"externalId":"a","attributes":{"note":"x\\u0000"}}'],
    ['half a character', '{"externalId":"a\\ud800"}'],
    ['a prototype', '{"externalId":"a","__proto__":{"admin":true}}'],
    ['depth', `{"externalId":"a","attributes":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['no id', '{"name":"Ann"}'],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)],
  ])('of a line with %s leaves it out and takes the next', async (_what, line) => {
    const body = Uint8Array.of(
      ...(typeof line === 'string' ? bytes(line) : line),
      10,
      ...bytes('\n{"externalId":"next"}'),
    )
    const { status, body: report } = await load(body, ndjson)
    expect(status).toBe(200)
    expect(report).toMatchObject({ imported: 1, problems: [{ line: 1 }] })
    expect((await api.ask('GET', '/v1/recipients/next')).status).toBe(200)
  })

  test('of a NUL in a cell of CSV leaves the line out', async () => {
    const { body } = await load(bytes('externalId,note\nann,a\0b\nbob,c'), csv)
    expect(body).toMatchObject({ imported: 1, problems: [{ line: 2 }] })
  })

  test('with a line of a megabyte leaves it out', async () => {
    const { body } = await load(
      bytes(`{"externalId":"${'x'.repeat(1_100_000)}"}\n{"externalId":"next"}\n`),
      ndjson,
    )
    expect(body).toMatchObject({ imported: 1, problems: [{ line: 1 }] })
  })

  test.each([
    ['application/json', 415],
    ['text/csv; charset=windows-1252', 415],
    ['text/csv; charset=utf-8', 200],
    ['TEXT/CSV', 200],
    ['', 415],
  ])('of the type %j is answered %i', async (type, status) => {
    const answer = await load(bytes('externalId\nann\n'), { 'content-type': type })
    expect(answer.status).toBe(status)
    if (status === 415)
      expect(answer.body).toMatchObject({ code: 'MEDIA_TYPE_UNSUPPORTED', field: 'header.content-type' })
  })

  test('needs a key that may', async () => {
    const authorization = await api.keyWith('send', 'read', 'live')
    expect(
      await api.ask('POST', '/v1/recipients/import', { body: '{}', headers: ndjson, authorization }),
    ).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', detail: expect.stringContaining('"admin"') },
    })
  })
})
