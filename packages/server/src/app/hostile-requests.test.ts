import { postgres } from '@invite-me/core/postgres'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  emptyWorkspace,
  explainNoPostgres,
  type PostgresWorkspace,
} from '../../../../tests/peers/postgres-server.ts'
import { routes } from '../routes/index.ts'
import { testApi, type Answered, type TestApi } from './__fixtures__/api.ts'
import { openApiDocument } from './openapi-document.ts'
import type { Method } from './route.ts'

/**
 * Every operation of the description, asked with what nobody should send: right bodies changed in one place, and bodies that are
 * no bodies at all. Each answer is as described (the fixture looks), none says that something broke on our side, and what is
 * refused names the field.
 */
interface Operation {
  readonly method: Method
  readonly path: string
  readonly query: readonly string[]
  readonly body: Schema | undefined
  readonly isForeign: boolean
}

interface Schema {
  readonly $ref?: string
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly example?: unknown
}

interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

const document = openApiDocument(routes, 'test')
const components = (document.components?.schemas ?? {}) as Readonly<Record<string, Schema>>
const operations: readonly Operation[] = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Readonly<Record<Method, Described>>).map(([method, described]) => ({
    method: method as Method,
    path,
    query: (described.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
    body: described.requestBody?.content['application/json']?.schema,
    isForeign: path.startsWith('/v1/hooks/'),
  })),
)
const named = (some: readonly Operation[]) =>
  some.map((operation) => [`${operation.method.toUpperCase()} ${operation.path}`, operation] as const)

/** Texts that have broken parsers, stores and pages before. */
const hostileText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff\ud800',
    '\u202e\u2066',
    '\ufeff',
    '\u0085\u2028',
    '__proto__',
    'constructor',
    'toString',
    "'; DROP TABLE messages; --",
    '%00%ff',
    '../../etc/passwd',
    '{{7*7}}${7*7}',
    '<script>alert(1)</script>',
    '\r\nSet-Cookie: a=b',
    'NaN',
    '-0',
    '9'.repeat(400),
    '999999999999w',
    '+275760-09-13T00:00:00.001Z',
    '0000-00-00T00:00:00Z',
    'x'.repeat(70_000),
    '👩‍👩‍👧‍👦'.repeat(300),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
)
const hostileNumber = fc.oneof(
  fc.constantFrom(-0, 0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e21, 1e308, 5e-324, 4_294_967_296),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  { weight: 2, arbitrary: hostileNumber },
  fc.constantFrom(null, true, false, [], {}, [[[[]]]], [null], { a: { b: { c: null } } }),
  fc.jsonValue({ maxDepth: 4, noUnicodeString: false }),
  fc.integer({ min: 30, max: 3_000 }).map(nested),
  fc.constant(Array.from({ length: 2_000 }, () => 'x')),
  fc.dictionary(hostileText, fc.constant('x'), { maxKeys: 5 }),
)

function nested(depth: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** A body as a schema has it, with one or two of its places hostile. */
function bodyOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const place = rightly(schema, depth)
  return fc.oneof({ weight: 6, arbitrary: place }, { weight: 1, arbitrary: hostileValue })
}

function rightly(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (depth > 6) return hostileValue
  if (schema.example !== undefined)
    return fc.oneof(fc.constant(schema.example), rightly({ ...schema, example: undefined } as Schema, depth))
  if (schema.$ref !== undefined) return rightly(components[schema.$ref.split('/').at(-1) ?? ''] ?? {}, depth)
  const shapes = schema.anyOf ?? schema.oneOf
  if (shapes !== undefined) return fc.oneof(...shapes.map((shape) => bodyOf(shape, depth + 1)))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const [type] = [schema.type].flat()
  if (type === 'object') return members(schema, depth)
  if (type === 'array') return fc.array(bodyOf(schema.items ?? {}, depth + 1), { maxLength: 4 })
  if (type === 'integer' || type === 'number') return fc.oneof(fc.integer({ min: 1, max: 5 }), hostileNumber)
  if (type === 'boolean') return fc.boolean()
  if (type === 'string')
    return fc.oneof(
      fc.constantFrom('sam', 'email', '2d', '2027-01-05T09:00:00Z', 'https://example.org/'),
      hostileText,
    )
  return hostileValue
}

function members(
  { properties = {}, required = [], additionalProperties }: Schema,
  depth: number,
): fc.Arbitrary<unknown> {
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, bodyOf(one, depth + 1)])),
    { requiredKeys: [...required] },
  )
  if (typeof additionalProperties !== 'object') return known
  return fc.dictionary(
    fc.oneof(fc.constantFrom('email', 'telegram'), hostileText),
    bodyOf(additionalProperties, depth + 1),
    { maxKeys: 4 },
  )
}

const resolved = (schema: Schema): Schema =>
  schema.$ref === undefined ? schema : resolved(components[schema.$ref.split('/').at(-1) ?? ''] ?? {})

/** Just below 1 MiB each: many elements, many members, the same member again and again, brackets that never end, one text. */
function largeBodies(names: readonly string[]): readonly string[] {
  const [name = 'to'] = names
  return [
    `{"${name}":[${'1,'.repeat(500_000)}1]}`,
    `{"${name}":["${'x","'.repeat(250_000)}x"]}`,
    `{"${name}":{${Array.from({ length: 80_000 }, (_none, at) => `"a${String(at)}":1`).join(',')}}}`,
    `{${`"${name}":"x",`.repeat(50_000)}"${name}":null}`,
    '['.repeat(1_000_000),
    `{"${name}":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
    `{"${name}":"${'x'.repeat(1_000_000)}"}`,
    `{"${name}":${'9'.repeat(1_000_000)}}`,
  ]
}

/** As a client may write it: a lone surrogate stays one, as `\ud800`. */
const written = (value: unknown): string => JSON.stringify(value) ?? 'null'

const worlds = [
  { name: 'SQLite', missing: undefined },
  { name: 'Postgres', missing: explainNoPostgres() },
] as const

describe.each(worlds)('whatever is sent, nothing breaks, on $name', ({ name, missing }) => {
  let api: TestApi
  let place: PostgresWorkspace | undefined
  const known = { id: '', person: 'sam' }

  beforeAll(async () => {
    if (missing !== undefined) return
    const plenty = 100_000_000
    const limits = { writesPerMinute: plenty, readsPerMinute: plenty, refusalsPerMinute: plenty }
    place = name === 'Postgres' ? await emptyWorkspace() : undefined
    const store =
      place === undefined ? {} : { store: postgres({ url: place.url, schema: place.schema, connections: 3 }) }
    api = await testApi({ limits }, { ...store, webhooks: { post: async () => ({ status: 204 }) } })
    await api.t.inviteMe.recipients.upsert({ externalId: known.person, routes: { email: 'sam@guests.test' } })
  }, 60_000)
  afterAll(async () => {
    await api?.stop()
    await place?.remove()
  }, 60_000)

  /** A refusal that does not say what was wrong is of no use; what is not there has nothing more to say. */
  function complaintOf({ status, headers, body }: Answered, isForeign: boolean): string | undefined {
    const told = `${String(status)} ${JSON.stringify(body)}`
    if (status >= 500) return `something broke: ${told}`
    if (status < 400) return undefined
    if (headers.get('content-type') !== 'application/problem+json') return `no problem document: ${told}`
    if (String(body.detail).includes('undefined')) return `no words of JSON: ${told}`
    const namesField = isForeign || status === 404 || status === 405 || Boolean(body.field)
    return namesField ? undefined : `no field: ${told}`
  }

  /** A path whose parts are there, or hostile. */
  const pathOf = (path: string): fc.Arbitrary<string> => {
    const part = fc.oneof(
      fc.constantFrom('sam', 'email', 'group:7', 'user:sam', 'none'),
      hostileText
        .filter((text) => text.isWellFormed() && !/^\.{0,2}$/.test(text))
        .map((text) => text.slice(0, 2_000))
        .map(encodeURIComponent),
    )
    return fc.array(part, { minLength: 4, maxLength: 4 }).map((parts) => {
      let at = 0
      return path.replaceAll(/\{\w+\}/g, () => parts[(at += 1) - 1] ?? '')
    })
  }

  test.skipIf(missing !== undefined).each(named(operations.filter(({ body }) => body !== undefined)))(
    'the body of %s',
    async (_name, { method, path, body = {}, isForeign }) => {
      const runs = name === 'SQLite' ? 60 : 30
      await fc.assert(
        fc.asyncProperty(pathOf(path), bodyOf(body).map(written), async (at, text) => {
          expect(
            complaintOf(await api.ask(method.toUpperCase(), at, { body: text }), isForeign),
          ).toBeUndefined()
        }),
        { numRuns: runs, seed: 7, endOnFailure: true },
      )
    },
    60_000,
  )

  test.skipIf(missing !== undefined)(
    'bodies as large as they may be, in every operation, are answered in bounded memory',
    async () => {
      const asked = operations.filter(({ body }) => body !== undefined)
      const before = process.memoryUsage().heapUsed
      for (const { method, path, body = {}, isForeign } of asked)
        for (const text of largeBodies(Object.keys(resolved(body).properties ?? {})))
          expect(
            complaintOf(
              await api.ask(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'none'), { body: text }),
              isForeign,
            ),
          ).toBeUndefined()
      // What is not collected yet counts too.
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_024 * 1_048_576)
    },
    120_000,
  )

  test.skipIf(missing !== undefined).each(named(operations))(
    'the path, query and headers of %s',
    async (_name, { method, path, query, body, isForeign }) => {
      const names = fc.constantFrom('noSuchMember', ...query)
      // Waiting is not what is tested, and no time passes here by itself.
      const asked = fc
        .array(fc.tuple(names, hostileText), { maxLength: 3 })
        .map((pairs) => pairs.filter(([one]) => one !== 'wait'))
      const header = fc.constantFrom(
        'idempotency-key',
        'x-request-id',
        'traceparent',
        'accept',
        'last-event-id',
        'content-encoding',
        'origin',
      )
      const headerValue = fc
        .string({ unit: 'binary-ascii', maxLength: 300 })
        .map((text) => text.replaceAll(/[^\x20-\x7e]/g, '?').trim())
      await fc.assert(
        fc.asyncProperty(pathOf(path), asked, header, headerValue, async (at, pairs, headerName, value) => {
          const search = pairs
            .map(([one, text]) => `${one}=${encodeURIComponent(text.toWellFormed().slice(0, 5_000))}`)
            .join('&')
          // A stream would be one that nobody reads.
          const headers = { [headerName]: value.replace('text/event-stream', '') }
          expect(
            complaintOf(
              await api.ask(method.toUpperCase(), `${at}?${search}`, {
                headers,
                ...(body !== undefined && { body: '{}' }),
              }),
              isForeign,
            ),
          ).toBeUndefined()
        }),
        { numRuns: 30, seed: 7, endOnFailure: true },
      )
    },
    60_000,
  )
})
