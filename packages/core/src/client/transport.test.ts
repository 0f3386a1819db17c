import { describe, expect, it } from 'vitest'
import { connect, type ConnectOptions } from './index.ts'
import { virtualClock } from '../testing/virtual-clock.ts'

const key = 'imk_thissecretmustnotbetold'
const json = { 'content-type': 'application/json' }
const problem = { 'content-type': 'application/problem+json' }

type Answer = (request: Request, number: number) => Response | Promise<Response>

/** A client whose server answers as a test says; `calls` holds what it was asked. */
function against(answer: Answer, options: Partial<ConnectOptions> = {}) {
  const clock = virtualClock()
  const calls: Request[] = []
  const client = connect({
    url: 'https://api.test/base/',
    key,
    clock,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      calls.push(request)
      return answer(request, calls.length)
    },
    ...options,
  })
  return { client, clock, calls }
}

/** What became of a promise while time passes. */
async function after(
  clock: { advance: (duration: '5m') => Promise<void> },
  work: Promise<unknown>,
): Promise<unknown> {
  const outcome = work.catch((error: unknown) => error)
  await clock.advance('5m')
  return outcome
}

const page = () => new Response(JSON.stringify({ items: [], next: null }), { headers: json })
const badGateway = () =>
  new Response('<html><h1>502 Bad Gateway</h1></html>', {
    status: 502,
    headers: { 'content-type': 'text/html' },
  })

describe('a server that misbehaves', () => {
  it.each<[string, Answer]>([
    ['a page of a proxy', badGateway],
    ['a page of another site', () => new Response('<html>Welcome</html>')],
    ['JSON cut in the middle', () => new Response('{"items":[{"id":"m', { headers: json })],
    ['JSON of another shape', () => new Response('{"rows":[]}', { headers: json })],
    ['rows of another shape', () => new Response('{"items":[{"id":7}],"next":null}', { headers: json })],
    ['nothing at all', () => new Response('')],
    [
      'a redirect to elsewhere',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.test/' } }),
    ],
    ['a problem of somebody else', () => new Response('{"title":"no"}', { status: 503, headers: problem })],
    ['a refused connection', () => Promise.reject(new TypeError('fetch failed'))],
    ['silence', () => new Promise<Response>(() => undefined)],
    [
      'a body that never ends',
      () =>
        new Response(
          new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) }),
        ),
    ],
    [
      'a body that breaks',
      () =>
        new Response(
          new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) }),
        ),
    ],
  ])('is told as one that cannot be used: %s', async (_what, answer) => {
    const { client, clock, calls } = against(answer)
    const error = await after(clock, client.messages.list())
    expect(error).toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('https://api.test/base'),
    })
    expect(String(error)).not.toContain(key)
    expect(calls.length).toBeLessThanOrEqual(4)
    expect(calls.every(({ url }) => url.startsWith('https://api.test/base/v1/messages'))).toBe(true)
  })

  it('stops at an answer that is longer than any of ours', async () => {
    const chunk = new Uint8Array(4 * 1_048_576).fill(32)
    let taken = 0
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            taken += 1
            controller.enqueue(chunk)
          },
        }),
      )
    const { client, clock } = against(endless, { retries: 0 })
    expect(await after(clock, client.messages.list())).toMatchObject({ code: 'SERVER_UNREACHABLE' })
    expect(taken).toBeLessThan(25)
  })

  it('is asked again, and then it works', async () => {
    const { client, clock, calls } = against((_request, number) => (number < 3 ? badGateway() : page()))
    expect(await after(clock, client.messages.list())).toEqual([])
    expect(calls).toHaveLength(3)
  })

  it('is given the time it asks for', async () => {
    const limited = {
      title: 'Rate limited',
      status: 429,
      code: 'RATE_LIMITED',
      detail: 'Too many calls.',
      requestId: 'r1',
    }
    const { client, clock, calls } = against((_request, number) =>
      number === 1
        ? new Response(JSON.stringify(limited), { status: 429, headers: { ...problem, 'retry-after': '20' } })
        : new Response('{"changed":1}', { headers: json }),
    )
    const marking = client.inbox('sam').read('all')
    await clock.advance('19s')
    expect(calls).toHaveLength(1)
    await clock.advance('2s')
    expect(await marking).toBe(1)
  })

  it('that does not wait when asked to is not asked all the time', async () => {
    const nothingYet = { items: [], next: 'MQ' }
    const { client, clock, calls } = against(
      () => new Response(JSON.stringify(nothingYet), { headers: json }),
    )
    const ending = new AbortController()
    const heard: unknown[] = []
    const following = (async () => {
      for await (const event of client.topics.follow('group:7', { after: 1, signal: ending.signal }))
        heard.push(event)
    })()
    await clock.advance('10s')
    ending.abort()
    await following
    expect(heard).toEqual([])
    expect(calls.length).toBeGreaterThan(10)
    expect(calls.length).toBeLessThan(30)
  })
})

describe('an import', () => {
  async function* slowly(clock: { advance: (duration: '2m') => Promise<void> }) {
    yield { recipient: { externalId: 'a' } }
    await clock.advance('2m')
    yield { recipient: { externalId: 'b' } }
  }

  it('takes as long as its source', async () => {
    const report = { imported: 2, repeated: 0, problems: [] }
    const { client, clock } = against(async (request) => {
      const lines = (await request.text()).trim().split('\n')
      return new Response(JSON.stringify({ ...report, imported: lines.length }), { headers: json })
    })
    expect(await client.recipients.import(slowly(clock))).toEqual(report)
  })

  it('does not wait for ever for a server that reads nothing, or does not answer', async () => {
    for (const answer of [
      () => new Promise<Response>(() => undefined),
      async (request: Request) => {
        await request.text()
        return new Promise<Response>(() => undefined)
      },
    ]) {
      const { client, clock } = against(answer)
      const people = [{ recipient: { externalId: 'a' } }]
      expect(await after(clock, client.recipients.import(people))).toMatchObject({
        code: 'SERVER_UNREACHABLE',
      })
    }
  })
})

describe('what the server refuses', () => {
  const refusal = (code: string, status: number) => () =>
    new Response(
      JSON.stringify({ code, status, detail: 'It was refused.', field: 'to.0', requestId: 'r-1' }),
      { status, headers: problem },
    )

  it('is thrown as it was there', async () => {
    const { client, clock, calls } = against(refusal('RECIPIENT_UNKNOWN', 404))
    const error = await after(clock, client.send('sam', 'Hi'))
    expect(error).toMatchObject({
      name: 'InviteMeError',
      code: 'RECIPIENT_UNKNOWN',
      field: 'to.0',
      message: 'It was refused.',
      status: 404,
      cause: { status: 404, requestId: 'r-1' },
    })
    expect(calls).toHaveLength(1)
  })

  it.each([
    ['FORBIDDEN_BY_TOMORROW', 403, 'FORBIDDEN'],
    ['NEW_TROUBLE', 418, 'INTERNAL'],
    ['toString', 422, 'REQUEST_INVALID'],
  ])('under a code of a newer server is named by its status: %s', async (code, status, expected) => {
    const { client, clock } = against(refusal(code, status))
    expect(await after(clock, client.messages.list())).toMatchObject({ code: expected })
  })
})

describe('what goes out', () => {
  it('has a key of its own in every question and notice, the same with every try', async () => {
    const bodies: { key: string }[] = []
    const { client, clock } = against(async (request) => {
      bodies.push(JSON.parse(await request.text()) as { key: string })
      return badGateway()
    })
    await after(clock, client.send('sam', 'Hi'))
    await after(clock, client.send('sam', 'Hi'))
    await after(clock, client.send('sam', 'Hi', { key: 'mine' }))
    const keys = bodies.map((body) => body.key)
    expect(keys).toHaveLength(12)
    expect(new Set(keys).size).toBe(3)
    expect(keys.at(-1)).toBe('mine')
  })

  it('carries the key, which a function may renew', async () => {
    let number = 0
    const { client, calls } = against(page, { key: async () => `token-${(number += 1)}` })
    await client.messages.list()
    await client.messages.list()
    expect(calls.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ])
  })

  it('does not go without a key', async () => {
    const failing = against(page, { key: () => Promise.reject(new TypeError('no session')) })
    await expect(failing.client.messages.list()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      field: 'key',
    })
    const broken = against(page, { key: () => 'two\nlines' })
    await expect(broken.client.messages.list()).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      field: 'key',
    })
    const hanging = against(page, { key: () => new Promise<string>(() => undefined), retries: 0 })
    expect(await after(hanging.clock, hanging.client.messages.list())).toMatchObject({
      code: 'SERVER_UNREACHABLE',
    })
    expect([...failing.calls, ...broken.calls, ...hanging.calls]).toEqual([])
  })

  it('must be JSON', async () => {
    const { client, calls } = against(page)
    const endless: Record<string, unknown> = {}
    endless['self'] = endless
    await expect(client.topics.publish('group:7', endless)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    expect(calls).toHaveLength(0)
  })
})

describe('connect', () => {
  it.each([
    ['url', { url: 'api.test' }],
    ['url', { url: 'ftp://api.test' }],
    ['url', { url: 'https://user:secret@api.test' }],
    ['url', { url: 'https://api.test/?a=b' }],
    ['key', { key: '' }],
    ['key', { key: 'imk_with a space' }],
    ['timeout', { timeout: 'soon' as '1s' }],
    ['retries', { retries: 11 }],
    ['patience', { patience: 0 }],
  ])('names the option that is wrong: %s in %j', (field, wrong) => {
    const error = (() => {
      try {
        return connect({ url: 'https://api.test', key, ...wrong })
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toMatchObject({ code: 'OPTIONS_INVALID', field })
    expect(String(error)).not.toMatch(/secret|with a space/)
  })
})
