import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Driver from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareEdits } from './sqlite-edits.ts'
import { prepareReads } from './sqlite-reads.ts'
import { prepareStatements } from './sqlite-statements.ts'
import { sqlite } from './sqlite.ts'

let folder: string
let database: InstanceType<typeof Driver>
/** Every statement of the hot path, as it is prepared. */
const texts: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'invite-me-statements-'))
  const file = join(folder, 'invites.db')
  const store = await sqlite(file).open()
  await store.close()
  database = new Driver(file)
  const prepare = database.prepare.bind(database)
  database.prepare = ((text: string) => {
    texts.push(text)
    return prepare(text)
  }) as typeof database.prepare
  prepareStatements(database)
  prepareReads(database)
  prepareEdits(database)
  database.prepare = prepare
})
afterAll(async () => {
  database.close()
  await rm(folder, { recursive: true })
})

/** What SQLite does for a statement, a line a step. */
function planOf(text: string): readonly string[] {
  const bound = text.replaceAll('?', () => "'1'")
  const steps = database.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${bound}`).all()
  return steps.map(({ detail }) => detail)
}
const textOf = (...parts: readonly string[]): string => {
  const found = texts.filter((text) => parts.every((part) => text.includes(part)))
  expect(found, `one statement with ${parts.join(', ')}`).toHaveLength(1)
  return (found[0] ?? '').replaceAll(/\s+/g, ' ').trim()
}

test('due edits are read from the index of what is due, in order, and nothing else', () => {
  const text = textOf('FROM edits', 'due_at <= ?')
  expect(text).toMatchInlineSnapshot(
    `"SELECT rowid, * FROM edits WHERE channel = +? AND due_at <= ? ORDER BY due_at, delivery_id, attempt LIMIT +?"`,
  )
  expect(planOf(text)).toMatchInlineSnapshot(`
    [
      "SEARCH edits USING INDEX edits_due (channel=? AND due_at<?)",
    ]
  `)
  expect(planOf(textOf('min(due_at) AS due FROM edits'))).toMatchInlineSnapshot(`
    [
      "SEARCH edits USING COVERING INDEX edits_due (channel=?)",
    ]
  `)
})

test('due work is read from the index of what is due, in order, and nothing else', () => {
  const text = textOf('FROM deliveries', 'due_at <= ?')
  expect(text).toMatchInlineSnapshot(
    `"SELECT rowid, * FROM deliveries WHERE due_channel = +? AND due_lane = +? AND due_at <= ? AND lease_until IS NULL ORDER BY due_at, id LIMIT +?"`,
  )
  expect(planOf(text)).toMatchInlineSnapshot(`
    [
      "SEARCH deliveries USING INDEX deliveries_due (due_channel=? AND due_lane=? AND due_at<?)",
    ]
  `)
})

test('the next due moment is one look into the same index', () => {
  expect(planOf(textOf('min(due_at) AS due FROM deliveries'))).toMatchInlineSnapshot(`
    [
      "SEARCH deliveries USING INDEX deliveries_due (due_channel=? AND due_lane=? AND due_at>?)",
    ]
  `)
})

test('work of dead workers is read from the index of what is leased', () => {
  const text = textOf('lease_worker <>')
  expect(text).toMatchInlineSnapshot(
    `"SELECT rowid, * FROM deliveries WHERE lease_until IS NOT NULL AND lease_until < ? AND lease_worker <> ? ORDER BY lease_until LIMIT +?"`,
  )
  expect(planOf(text)).toMatchInlineSnapshot(`
    [
      "SEARCH deliveries USING INDEX deliveries_leased (lease_until>? AND lease_until<?)",
    ]
  `)
})

test('no statement of the hot path reads a whole table, and none sorts but the few routes of a person', () => {
  const slow = texts
    .filter((text) => /^\s*(SELECT|UPDATE)/.test(text) && !text.includes('FROM routes'))
    .flatMap((text) =>
      planOf(text)
        .filter((step) => /^SCAN|TEMP B-TREE/.test(step))
        .map((step) => `${step}: ${text}`),
    )
  expect(slow).toEqual([])
})
