import type { Scope } from '@invite-me/core'
import { scopes } from '@invite-me/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../routes/index.ts'
import { testApi, type Asking, type TestApi } from './__fixtures__/api.ts'
import { openApiDocument } from './openapi-document.ts'
import { partsOf, type Method } from './route.ts'

/**
 * What every route promises, asked of each one in the description of the interface: a route that is added is asked by itself.
 * Paths are filled with ids nobody has, and bodies with what is never right, so nothing is done.
 */
interface Operation {
  readonly method: Method
  readonly path: string
  readonly scope: Scope | undefined
  readonly opensToRecipients: boolean
  readonly takesJson: boolean
  readonly streams: readonly string[]
  readonly query: readonly string[]
  /** False where the query belongs to a provider. */
  readonly readsQuery: boolean
}

interface Described {
  readonly operationId: string
  readonly security: readonly Readonly<Record<string, readonly Scope[]>>[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> }
}

const document = openApiDocument(routes, 'test')
const operations: readonly Operation[] = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Readonly<Record<Method, Described>>).map(([method, described]) => {
    const content = Object.keys(described.requestBody?.content ?? {})
    return {
      method: method as Method,
      path,
      scope: described.security.find((one) => 'key' in one)?.['key']?.[0],
      opensToRecipients: described.security.some((one) => 'recipientToken' in one),
      takesJson: content.includes('application/json'),
      streams: content.filter((type) => type !== 'application/json'),
      query: (described.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
      readsQuery: !path.startsWith('/v1/hooks/'),
    }
  }),
)
const named = (some: readonly Operation[]) =>
  some.map((operation) => [`${operation.method.toUpperCase()} ${operation.path}`, operation] as const)
const guarded = operations.filter(({ scope }) => scope !== undefined)

let api: TestApi
const bearer: Partial<Record<Scope | 'recipient' | 'expired' | 'revoked', string>> = {}

beforeAll(async () => {
  const plenty = 1_000_000
  api = await testApi({
    limits: { writesPerMinute: plenty, readsPerMinute: plenty, refusalsPerMinute: plenty },
  })
  const { keys } = api.t.inviteMe
  for (const scope of scopes) bearer[scope] = await api.keyWith(scope)
  const all = { role: 'owner', name: 'former' } as const
  const expiresAt = new Date(api.t.clock.now() + 1_000)
  bearer.expired = `Bearer ${(await keys.create({ ...all, expiresAt })).secret}`
  const revoked = await keys.create(all)
  bearer.revoked = `Bearer ${revoked.secret}`
  await keys.revoke(revoked.key.id)
  await api.t.advance('10s')
  bearer.recipient = `Bearer ${(await api.app.world.tokens.make('none', { topics: ['group:none'] })).token}`
})
afterAll(() => api.stop())

/** Asks an operation for something that is not there, with a body that is never right. */
function ask(
  { method, path, takesJson, streams }: Operation,
  more: Asking & { readonly query?: string } = {},
) {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_part, name: string) =>
    name === 'topic' ? 'group:none' : 'none',
  )
  const { query = '', ...asking } = more
  const [stream] = streams
  return api.ask(method.toUpperCase(), `${filled}${query}`, {
    ...(takesJson && { body: [] }),
    ...(stream !== undefined && { body: '', headers: { 'content-type': stream } }),
    ...asking,
  })
}

describe('a key opens what its scopes say, and nothing else', () => {
  test.each(named(guarded))('%s', async (_name, operation) => {
    for (const authorization of [
      null,
      'Bearer',
      'Basic aW1rXzE6',
      'Bearer imk_0000000000_nobody',
      'Bearer a.b.c',
      bearer.expired ?? '',
      bearer.revoked ?? '',
      `Bearer ${'x'.repeat(9_000)}`,
    ]) {
      const { status, headers, body } = await ask(operation, { authorization })
      expect({ authorization, status, code: body?.code, field: body?.field }).toEqual({
        authorization,
        status: 401,
        code: 'UNAUTHENTICATED',
        field: 'header.authorization',
      })
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
    for (const scope of scopes) {
      const { status, body } = await ask(operation, { authorization: bearer[scope] ?? '' })
      if (scope === operation.scope) expect([401, 403, 500]).not.toContain(status)
      else {
        expect({ scope, status }).toEqual({ scope, status: 403 })
        expect(body.detail).toContain(`"${operation.scope ?? ''}"`)
      }
    }
    const { status } = await ask(operation, { authorization: bearer.recipient ?? '' })
    if (operation.opensToRecipients) expect(status).not.toBe(401)
    else expect(status).toBe(403)
  })

  test('only health and what providers send needs no key', () => {
    const open = operations.filter(({ scope }) => scope === undefined).map(({ path }) => path)
    expect(new Set(open)).toEqual(new Set(['/healthz', '/readyz', '/v1/hooks/{channel}']))
  })

  test('keys and the audit log are for owners only', () => {
    const owned = operations.filter(({ path }) => /^\/v1\/(keys|audit)/.test(path))
    expect(owned.length).toBeGreaterThan(0)
    expect(new Set(owned.map(({ scope }) => scope))).toEqual(new Set(['owner']))
  })
})

describe('whatever is wrong is a problem that names the field', () => {
  test.each(named(operations.filter(({ takesJson }) => takesJson)))(
    'the body of %s',
    async (_name, operation) => {
      const wrong = async (body: unknown, headers: Record<string, string> = {}) => {
        const answer = await ask(operation, {
          body,
          headers: { 'content-type': 'application/json', ...headers },
        })
        expect(answer.headers.get('content-type')).toBe('application/problem+json')
        return `${String(answer.status)} ${String(answer.body.field)}`
      }
      expect(await wrong('{')).toBe('422 body')
      expect(await wrong([])).toBe('422 body')
      expect(await wrong('{"a":"\\u0000"}')).toBe('422 a')
      expect(await wrong('{"__proto__":{}}')).toBe('422 __proto__')
      expect(await wrong(new Uint8Array([0xff, 0xfe]))).toBe('422 body')
      expect(await wrong('{}', { 'content-type': 'text/plain' })).toBe('415 header.content-type')
      expect(await wrong('{}', { 'content-encoding': 'gzip' })).toBe('415 header.content-encoding')
      expect(await wrong(`{"a":"${'x'.repeat(1_100_000)}"}`)).toBe('413 body')
      expect(await wrong({ noSuchMember: 1 })).toMatch(/^422 \w/)
    },
  )

  test.each(named(operations.filter(({ streams }) => streams.length > 0)))(
    'the stream of %s',
    async (_name, operation) => {
      const answer = await ask(operation, { body: 'x', headers: { 'content-type': 'text/plain' } })
      expect(answer).toMatchObject({ status: 415, body: { field: 'header.content-type' } })
    },
  )

  test.each(named(operations.filter(({ readsQuery }) => readsQuery)))(
    'the query of %s',
    async (_name, operation) => {
      const wrong = async (query: string) => {
        const { status, body } = await ask(operation, { query })
        return `${String(status)} ${String(body.field)}`
      }
      expect(await wrong('?noSuchMember=1')).toBe('422 query.noSuchMember')
      for (const name of operation.query) {
        expect(await wrong(`?${name}=%00`)).toBe(`422 query.${name}`)
        expect(await wrong(`?${name}=1&${name}=1`)).toBe(`422 query.${name}`)
      }
      if (operation.query.includes('limit'))
        for (const limit of ['0', '1001', '-1', '1e2', ''])
          expect(await wrong(`?limit=${limit}`)).toBe('422 query.limit')
      if (operation.query.includes('after'))
        for (const after of ['!', '', 'bm90IGEgY3Vyc29yIQ==', 'x'.repeat(500)])
          expect(await wrong(`?after=${after}`)).toBe('422 query.after')
      if (operation.query.includes('wait'))
        for (const wait of ['61s', 'soon', '', '-1'])
          expect(await wrong(`?wait=${wait}`)).toBe('422 query.wait')
    },
  )

  test.each(named(operations.filter(({ path }) => partsOf(path).length > 0)))(
    'the path of %s',
    async (_name, operation) => {
      for (const part of ['%00', 'x'.repeat(1_000)]) {
        const path = operation.path.replaceAll(/\{\w+\}/g, part)
        const { status, body } = await ask({ ...operation, path })
        expect(status).toBeGreaterThanOrEqual(404)
        expect(status).toBeLessThan(500)
        if (operation.readsQuery) expect(body.field).toMatch(/^path\.\w+$/)
      }
    },
  )
})

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
}

describe('methods', () => {
  const paths = new Map<string, Operation[]>()
  for (const operation of operations)
    paths.set(operation.path, [...(paths.get(operation.path) ?? []), operation])

  test.each([...paths])('of %s', async (path, here) => {
    const [operation] = here
    if (operation === undefined) return
    const has = here.map(({ method }) => method)
    // A fixed path may be a person's id too: GET /v1/recipients/import is the person called "import".
    const beside = operations
      .filter((one) => one.path !== path && matches(one.path, path))
      .map(({ method }) => method)
    const others = (['get', 'post', 'put', 'patch', 'delete'] as const).filter(
      (method) => !has.includes(method) && !beside.includes(method),
    )
    for (const method of others) {
      const { status, headers } = await ask({ ...operation, method, takesJson: false, streams: [] })
      expect(`${method} ${path} ${String(status)}`).toBe(`${method} ${path} 405`)
      for (const allowed of has) expect(headers.get('allow')).toContain(allowed.toUpperCase())
    }
    const asked = await api.ask('OPTIONS', path, { authorization: null })
    expect(asked.status).toBe(204)
  })
})

describe('the description', () => {
  test('names every operation once, and each is what the audit log calls it', () => {
    const ids = routes.map(({ operation }) => operation)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+\.[a-zA-Z]+$/)
  })

  test('refers only to what it describes', () => {
    const text = JSON.stringify(document)
    for (const [, section = '', name = ''] of text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g))
      expect((document.components as Record<string, object>)[section]).toHaveProperty([name])
  })

  test('has only patterns every JSON Schema reader understands', () => {
    for (const [, pattern = ''] of JSON.stringify(document).matchAll(/"pattern":"((?:[^"\\]|\\.)*)"/g)) {
      const text = JSON.parse(`"${pattern}"`)
      expect(text).not.toMatch(/\/[a-z]+$/)
      expect(() => new RegExp(text, 'u')).not.toThrow()
    }
  })

  test('says of every guarded operation what happens without the right key', () => {
    for (const { path, method } of guarded) {
      const { responses } = (document.paths as Record<string, Record<string, { responses: object }>>)[path]?.[
        method
      ] ?? { responses: {} }
      expect(Object.keys(responses)).toEqual(
        expect.arrayContaining(['401', '403', '422', '429', '500', '503']),
      )
    }
  })
})
