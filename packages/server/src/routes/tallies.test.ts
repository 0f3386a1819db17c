import { afterEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
afterEach(async () => {
  await api.stop()
})

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ routes: { telegram: `p${String(index + 1)}` } }))

/** Asks so many people for a word, and lets the first of them say these. */
async function asked(count: number, words: readonly string[], more: object = {}): Promise<string> {
  const { body } = await api.ask('POST', '/v1/invitations', {
    body: { to: people(count), question: 'A word?', answer: { type: 'text', maxLength: 100 }, ...more },
  })
  for (const [index, value] of words.entries())
    await api.ask('POST', `/v1/invitations/${body.invitations[index].id}/response`, {
      body: { input: { kind: 'value', value } },
    })
  return body.messageId as string
}

/** The body of an export. */
async function exported(messageId: string, query = '', headers: Record<string, string> = {}) {
  const response = await api.app.fetch(
    new Request(`http://api.test/v1/messages/${messageId}/answers${query}`, {
      headers: { authorization: `Bearer ${api.owner}`, ...headers },
    }),
  )
  return { response, text: await response.text() }
}

describe('a tally', () => {
  test('tells how a question stands, with its quorum', async () => {
    api = await testApi()
    const id = await asked(3, ['Hi', 'Ho'], { quorum: { count: 2, onReached: 'close' } })
    const { status, body } = await api.ask('GET', `/v1/messages/${id}/tally`)
    expect(status).toBe(200)
    expect(body.tally).toMatchObject({
      messageId: id,
      asked: 3,
      answered: 2,
      states: { answered: 2, cancelled: 1, pending: 0 },
      answers: { type: 'text', count: 2 },
      quorum: { count: 2, of: 'answered', onReached: 'close', counted: 2, reachedAt: expect.any(String) },
    })
  })

  test('is waited for until it changes', async () => {
    api = await testApi()
    const id = await asked(2, [])
    const { version } = (await api.ask('GET', `/v1/messages/${id}/tally`)).body
    const waiting = api.ask('GET', `/v1/messages/${id}/tally?since=${version}&wait=30s`)
    const [invitation] = (await api.ask('GET', `/v1/invitations?messageId=${id}`)).body.items
    await api.ask('POST', `/v1/invitations/${invitation.id}/response`, {
      body: { input: { kind: 'value', value: 'Hi' } },
    })
    await api.t.advance('2s')
    expect((await waiting).body).toMatchObject({ tally: { answered: 1 } })
    const same = api.ask('GET', `/v1/messages/${id}/tally?since=${(await waiting).body.version}&wait=1s`)
    await api.t.advance('2s')
    expect((await same).body.version).toBe((await waiting).body.version)
  })

  test('of no message, or of a notice, is refused', async () => {
    api = await testApi()
    expect(await api.ask('GET', '/v1/messages/none/tally')).toMatchObject({
      status: 404,
      body: { code: 'MESSAGE_UNKNOWN' },
    })
    const { body } = await api.ask('POST', '/v1/messages', { body: { to: people(1), content: 'Hi' } })
    expect(await api.ask('GET', `/v1/messages/${body.messageId}/tally`)).toMatchObject({
      status: 422,
      body: { code: 'REQUEST_INVALID', field: 'path.id' },
    })
  })
})

describe('tallies that are followed', () => {
  const follow = async (id: string): Promise<Response> =>
    api.app.fetch(
      new Request(`http://api.test/v1/messages/${id}/tallies`, {
        headers: { authorization: `Bearer ${api.owner}` },
      }),
    )
  const answer = async (id: string, index: number): Promise<void> => {
    const { items } = (await api.ask('GET', `/v1/invitations?messageId=${id}`)).body
    await api.ask('POST', `/v1/invitations/${items[index].id}/response`, {
      body: { input: { kind: 'value', value: 'Hi' } },
    })
  }

  test('are a stream of events, at most one a second, until nobody is left to answer', async () => {
    api = await testApi()
    const id = await asked(3, [])
    const response = await follow(id)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reading = response.text()
    await api.t.advance('2s')
    await answer(id, 0)
    await answer(id, 1)
    await api.t.advance('30s')
    await answer(id, 2)
    await api.t.advance('2s')
    const blocks = (await reading).trimEnd().split('\n\n')
    const told = blocks
      .filter((block) => block.startsWith('data: '))
      .map((block) => (JSON.parse(block.slice(6)) as { readonly answered: number }).answered)
    expect(told[0]).toBe(0)
    expect(told.at(-1)).toBe(3)
    expect(told.length).toBeLessThanOrEqual(4)
    expect(blocks).toContain(': still here')
  })

  test('end with the server, and with a client that has gone', async () => {
    api = await testApi()
    const id = await asked(1, [])
    const body = (await follow(id)).body?.getReader()
    expect(new TextDecoder().decode((await body?.read())?.value)).toContain('"answered":0')
    await body?.cancel()
    const reading = (await follow(id)).text()
    await api.t.clock.settle()
    await Promise.all([api.app.live.close(), api.t.advance('5s')])
    expect(await reading).toContain('retry: ')
  })

  test('of no message, and without the right key, are refused', async () => {
    api = await testApi()
    expect((await follow('none')).status).toBe(404)
    const id = await asked(1, [])
    expect(
      await api.ask('GET', `/v1/messages/${id}/tallies`, { authorization: await api.keyWith('read') }),
    ).toMatchObject({ status: 403 })
    expect((await api.ask('HEAD', `/v1/messages/${id}/tallies`)).status).toBe(200)
  })
})

describe('a quorum', () => {
  test('is null while it is open, then reached or not', async () => {
    api = await testApi()
    const id = await asked(2, ['Hi'])
    const quorum = async (query: string) => (await api.ask('GET', `/v1/messages/${id}/quorum?${query}`)).body
    expect(await quorum('count=1')).toEqual({ result: { reached: true, counted: 1 } })
    expect(await quorum('count=2')).toEqual({ result: null })
    expect(await quorum('count=3')).toEqual({
      result: { reached: false, counted: 1, why: 'too_few_left' },
    })
  })

  test.each([
    ['count=0', 'query.count'],
    ['count=many', 'query.count'],
    ['count=100001', 'query.count'],
    ['count=1&of=pizza', 'query.of'],
  ])('%s is refused, naming the field', async (query, field) => {
    api = await testApi()
    const id = await asked(2, [])
    expect(await api.ask('GET', `/v1/messages/${id}/quorum?${query}`)).toMatchObject({
      status: 422,
      body: { code: 'REQUEST_INVALID', field },
    })
  })

  test('that cannot be is refused when it is asked for', async () => {
    api = await testApi()
    const body = { to: people(1), question: 'Dinner?', answer: { type: 'yesNo' } }
    const ask = (quorum: object) => api.ask('POST', '/v1/invitations', { body: { ...body, quorum } })
    expect(await ask({ count: 2, onReached: 'tell' })).toMatchObject({
      status: 422,
      body: { field: 'quorum.count' },
    })
    expect(await ask({ count: 1, of: 'pizza', onReached: 'tell' })).toMatchObject({
      status: 422,
      body: { field: 'quorum.of' },
    })
  })
})

describe('an export', () => {
  test('is a stream of NDJSON, or of CSV without formulas', async () => {
    api = await testApi()
    const id = await asked(3, ['=cmd()', 'a "b", c'])
    const json = await exported(id)
    expect(json.response.headers.get('content-type')).toBe('application/x-ndjson')
    const rows = json.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly to: string; readonly value: unknown })
    expect(rows.map(({ to, value }) => [to, value])).toEqual([
      ['p1', '=cmd()'],
      ['p2', 'a "b", c'],
      ['p3', null],
    ])
    for (const csv of [await exported(id, '?format=csv'), await exported(id, '', { accept: 'text/csv' })]) {
      expect(csv.response.headers.get('content-type')).toContain('text/csv')
      const [head, first, second, third] = csv.text.split('\r\n')
      expect(head).toBe('invitationId,to,name,state,value,via,revision,answeredAt')
      expect(first).toContain(`,p1,,answered,"'=cmd()",api,1,`)
      expect(second).toContain(',p2,,answered,"a ""b"", c",api,1,')
      expect(third).toMatch(/,p3,,pending,,,0,$/)
    }
  })

  test('of two thousand people is whole', async () => {
    api = await testApi()
    const id = await asked(2_000, [])
    const { text } = await exported(id, '?format=csv')
    const names = text
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[1])
    expect(names).toEqual(people(2_000).map(({ routes }) => routes.telegram))
  })

  test('of no message is refused', async () => {
    api = await testApi()
    expect((await exported('none')).response.status).toBe(404)
    expect((await exported('none', '?format=xml')).response.status).toBe(422)
  })
})
