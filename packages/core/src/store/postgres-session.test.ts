import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emptyWorkspace, explainNoPostgres } from '../../../../tests/peers/postgres-server.ts'
import { PostgresSession } from './postgres-session.ts'

const missing = explainNoPostgres()
/** What means something to JSON, to arrays of Postgres or to UTF-8, and a letter. */
const awkward = [
  '\\',
  '"',
  "'",
  '{',
  '}',
  ',',
  ' ',
  '\n',
  '\t',
  '\u0001',
  '\u2028',
  '\0',
  '\ud800',
  '😀',
  'n',
]
const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom(...awkward) }),
  fc.constantFrom('NULL', 'null', '', '{}', '"', '\\'),
  fc.json(),
)

describe.skipIf(missing !== undefined)(`a connection to Postgres ${missing ?? ''}`, () => {
  let session: PostgresSession
  beforeAll(async () => {
    const { url } = await emptyWorkspace()
    session = await PostgresSession.open({
      url,
      schema: 'public',
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 10_000,
    })
  })
  afterAll(() => session.close())

  const back = async (type: 'text' | 'int4', values: readonly (string | number | null)[]) => {
    const { rows } = await session.query<{ readonly value: string | number | null }>(
      { name: `back_${type}`, text: `SELECT value FROM unnest($1::${type}[]) AS given(value)` },
      [values],
    )
    return rows.map(({ value }) => value)
  }

  test('keeps every text of an array as it is, but for what UTF-8 or Postgres cannot write', async () => {
    const kept = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(texts), { maxLength: 20 }), async (values) => {
        expect(await back('text', values)).toEqual(values.map((value) => value && kept(value)))
      }),
    )
  })

  test('keeps every whole number of an array', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.integer())), async (values) => {
        expect(await back('int4', values)).toEqual(values)
      }),
    )
  })

  test('refuses what is no number instead of writing nothing in its place', async () => {
    await expect(back('int4', [1, NaN])).rejects.toMatchObject({ code: '22P02' })
  })
})
