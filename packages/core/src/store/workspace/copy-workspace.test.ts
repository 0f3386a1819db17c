import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Driver from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  emptyWorkspace,
  explainNoPostgres,
  type PostgresWorkspace,
} from '../../../../../tests/peers/postgres-server.ts'
import type { Store } from '../../ports/store.ts'
import { sampleAccepted, sampleClaim } from '../../testing/store-samples.ts'
import { sqlite } from '../sqlite.ts'
import { backUpWorkspace, copyWorkspace, restoreWorkspace, storeAt, type WorkspaceLocation } from './index.ts'

const missing = explainNoPostgres()
const hostile = [
  `O'Brien "quoted" \\ back; DROP TABLE messages;--`,
  'emoji 👩‍👩‍👧 and עברית',
  'line\r\nbreak\ttab\u001b[31m',
  '{"a":[1,null]}',
  '{NULL,"x"}',
  '',
  'NULL',
]

let folder: string
let schemas: PostgresWorkspace[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'invite-me-copy-'))
  schemas = []
})
afterEach(async () => {
  await Promise.all(schemas.map((schema) => schema.remove()))
  await rm(folder, { recursive: true, force: true })
})

const file = (name: string): WorkspaceLocation & { file: string } => ({
  kind: 'sqlite',
  file: join(folder, name),
})

async function schema(): Promise<WorkspaceLocation> {
  const made = await emptyWorkspace()
  schemas.push(made)
  return { kind: 'postgres', url: made.url, schema: made.schema }
}

async function withStore<Result>(
  at: WorkspaceLocation,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await storeAt(at).open()
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

interface ColumnInfo {
  readonly name: string
  readonly type: string
}

/** Fills every table there is, whatever it is called, with rows no sane program writes. */
async function fillEveryTable(at: { file: string }, rows = 120): Promise<readonly string[]> {
  await (await sqlite(at.file).open()).close()
  const database = new Driver(at.file)
  const tables = tablesOf(database)
  database.pragma('foreign_keys = OFF')
  for (const table of tables) {
    const columns = database
      .prepare<[string], ColumnInfo>('SELECT name, type FROM pragma_table_info(?)')
      .all(table)
    const insert = database.prepare(
      `INSERT INTO "${table}" (${columns.map(({ name }) => `"${name}"`).join()}) VALUES (${columns.map(() => '?').join()})`,
    )
    for (let number = 1; number <= rows; number += 1)
      insert.run(...columns.map((column, place) => cell(table, column, number, place)))
  }
  // One row of a whole megabyte, and a counter that is ahead of its rows.
  database
    .prepare('UPDATE messages SET content = ? WHERE id = ?')
    .run('🙂'.repeat(262_144), cell('messages', { name: 'id', type: 'text' }, 1, 0))
  database.prepare(`UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'outbox'`).run()
  database.pragma('foreign_keys = ON')
  expect(database.pragma('foreign_key_check')).toEqual([])
  database.close()
  return tables
}

function cell(
  _table: string,
  { name, type }: ColumnInfo,
  number: number,
  place: number,
): string | number | null {
  if (type.toLowerCase().startsWith('int')) return number
  if (name === 'lease_until') return null
  // The same for the row that is referred to and the one that refers to it.
  if (name === 'id' || name.endsWith('_id'))
    return `${hostile[number % hostile.length] ?? ''} ${String(number)}`
  return `${hostile[(number + place) % hostile.length] ?? ''} ${String(number)}`
}

function tablesOf(database: Driver.Database): readonly string[] {
  return database
    .prepare<[], { name: string }>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'kysely_%' ORDER BY name`,
    )
    .all()
    .map(({ name }) => name)
}

function dump({ file: path }: { file: string }): Readonly<Record<string, unknown>> {
  const database = new Driver(path, { readonly: true })
  const rows = (text: string): readonly string[] =>
    database
      .prepare(text)
      .raw()
      .all()
      .map((row) => JSON.stringify(row))
      .toSorted()
  const contents = Object.fromEntries(
    [...tablesOf(database), 'sqlite_sequence'].map((table) => [table, rows(`SELECT * FROM "${table}"`)]),
  )
  database.close()
  return contents
}

describe('a workspace that moves from one file to another', () => {
  test('takes every table along, whatever its rows say', async () => {
    const tables = await fillEveryTable(file('from.db'))
    const report = await copyWorkspace(file('from.db'), file('to.db'))
    expect(report.tables.map(({ name }) => name).toSorted()).toEqual(tables)
    expect(report.tables.every(({ rows, checksum }) => rows === 120 && /^[\da-f]{64}$/.test(checksum))).toBe(
      true,
    )
    expect(dump(file('to.db'))).toEqual(dump(file('from.db')))
  })

  test('goes nowhere when something is there already', async () => {
    await withStore(file('from.db'), (store) =>
      store.transaction((parts) => parts.messages.insert([sampleAccepted(1)])),
    )
    await withStore(file('to.db'), (store) =>
      store.transaction((parts) => parts.messages.insert([sampleAccepted(2)])),
    )
    await expect(copyWorkspace(file('from.db'), file('to.db'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      field: 'to',
      message: expect.stringContaining('not empty: there are'),
    })
    await withStore(file('to.db'), async (store) =>
      expect((await store.messages.list({ limit: 9 })).map(({ id }) => id)).toEqual([
        sampleAccepted(2).message.id,
      ]),
    )
  })

  test('stays where it is while a dispatcher holds some of it, unless it is forced', async () => {
    await withStore(file('from.db'), async (store) => {
      await store.transaction((parts) => parts.messages.insert([sampleAccepted(1)]))
      await store.transaction((parts) => parts.deliveries.claimDue(sampleClaim()))
    })
    const now = sampleClaim().now
    await expect(copyWorkspace(file('from.db'), file('to.db'), { now })).rejects.toMatchObject({
      code: 'STORE_BUSY',
      message: expect.stringContaining('Stop every process'),
    })
    expect(existsSync(file('to.db').file)).toBe(false)
    await copyWorkspace(file('from.db'), file('to.db'), { now, isForced: true })
    expect(dump(file('to.db'))).toEqual(dump(file('from.db')))
  })

  test('leaves nothing behind when it is called off halfway, and can be begun again', async () => {
    await fillEveryTable(file('from.db'))
    const stop = new AbortController()
    const calledOff = copyWorkspace(file('from.db'), file('to.db'), {
      signal: stop.signal,
      onProgress: ({ rows }) => rows > 1_000 && stop.abort(),
    })
    await expect(calledOff).rejects.toMatchObject({ code: 'WAIT_ABORTED' })
    expect(existsSync(file('to.db').file)).toBe(false)
    await copyWorkspace(file('from.db'), file('to.db'))
    expect(dump(file('to.db'))).toEqual(dump(file('from.db')))
  })

  test('is not kept when somebody wrote to it meanwhile', async () => {
    await fillEveryTable(file('from.db'))
    const writer = new Driver(file('from.db').file)
    let isWritten = false
    const copying = copyWorkspace(file('from.db'), file('to.db'), {
      onProgress: ({ step }) => {
        if (step !== 'checking' || isWritten) return
        isWritten = true
        writer.prepare(`INSERT INTO outbox (type, at, data) VALUES ('x', 'y', '{}')`).run()
      },
    })
    await expect(copying).rejects.toMatchObject({ code: 'STORE_BUSY', field: 'from' })
    writer.close()
    expect(existsSync(file('to.db').file)).toBe(false)
  })

  test('is not moved to where nothing stays', async () => {
    await fillEveryTable(file('from.db'))
    await expect(copyWorkspace(file('from.db'), { kind: 'sqlite', file: ':memory:' })).rejects.toThrow(
      /name a file/,
    )
  })

  test('is refused where there is none, and where the file is something else', async () => {
    await expect(copyWorkspace(file('nowhere.db'), file('to.db'))).rejects.toMatchObject({ field: 'from' })
    await writeFile(file('letter.db').file, 'Dear Ann, '.repeat(100))
    await expect(copyWorkspace(file('letter.db'), file('to.db'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    new Driver(file('other.db').file).exec('CREATE TABLE guests (id TEXT)').close()
    await expect(copyWorkspace(file('other.db'), file('to.db'))).rejects.toMatchObject({
      message: expect.stringContaining('no workspace'),
    })
  })
})

describe.skipIf(missing !== undefined)(
  `between SQLite and Postgres${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    test('there and back again every row is the same', { timeout: 60_000 }, async () => {
      const postgres = await schema()
      await fillEveryTable(file('from.db'))
      const there = await copyWorkspace(file('from.db'), postgres)
      const back = await copyWorkspace(postgres, file('back.db'))
      expect(back).toEqual(there)
      expect(dump(file('back.db'))).toEqual(dump(file('from.db')))
    })

    test('the next event goes on counting where the last one was', async () => {
      const postgres = await schema()
      await fillEveryTable(file('from.db'), 3)
      await copyWorkspace(file('from.db'), postgres)
      await withStore(postgres, async (store) => {
        await store.transaction((parts) =>
          parts.outbox.append([
            {
              type: 'message.accepted',
              at: new Date(),
              messageId: 'm',
              deliveryId: null,
              invitationId: null,
              recipientId: null,
              data: {},
            },
          ]),
        )
        expect(await store.outbox.last()).toBeGreaterThan(5_000)
      })
    })

    test('what Postgres cannot keep is named, and nothing is moved', async () => {
      const postgres = await schema()
      await fillEveryTable(file('from.db'), 3)
      const database = new Driver(file('from.db').file)
      database.prepare(`UPDATE recipients SET name = ? WHERE id LIKE '% 2'`).run('Ann\0')
      database.close()
      await expect(copyWorkspace(file('from.db'), postgres)).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        field: 'recipients.name',
        message: expect.stringContaining('NUL'),
      })
      const repaired = new Driver(file('from.db').file)
      repaired.exec(`UPDATE recipients SET name = 'Ann'`)
      repaired.close()
      // The schema was left empty, so the same one takes it now.
      await copyWorkspace(file('from.db'), postgres)
    })

    test('a schema with people in it takes no second workspace, and one that is not there cannot be read', async () => {
      const postgres = await schema()
      await expect(copyWorkspace(postgres, file('to.db'))).rejects.toMatchObject({
        field: 'from',
        message: expect.stringContaining('There is no workspace in postgres://'),
      })
      await fillEveryTable(file('from.db'), 3)
      await copyWorkspace(file('from.db'), postgres)
      await expect(copyWorkspace(file('from.db'), postgres)).rejects.toMatchObject({ field: 'to' })
    })

    test('a backup of Postgres is of one moment, whoever writes meanwhile', { timeout: 60_000 }, async () => {
      const postgres = await schema()
      await fillEveryTable(file('from.db'))
      await copyWorkspace(file('from.db'), postgres)
      const store = await storeAt(postgres).open()
      let writing: Promise<void> | undefined
      await backUpWorkspace(postgres, file('backup.db').file, {
        onProgress: () => {
          writing ??= store.transaction((parts) => parts.messages.insert([sampleAccepted(1)]))
        },
      })
      await writing
      expect(await store.messages.byId(sampleAccepted(1).message.id)).toBeDefined()
      await store.close()
      expect(dump(file('backup.db'))).toEqual(dump(file('from.db')))
    })

    test('a backup of Postgres is a file that restores to either', { timeout: 60_000 }, async () => {
      const [postgres, other] = [await schema(), await schema()]
      await fillEveryTable(file('from.db'))
      await copyWorkspace(file('from.db'), postgres)
      await backUpWorkspace(postgres, file('backup.db').file)
      expect(dump(file('backup.db'))).toEqual(dump(file('from.db')))
      await restoreWorkspace(file('backup.db').file, other)
      await restoreWorkspace(file('backup.db').file, file('restored.db'))
      await backUpWorkspace(other, file('again.db').file)
      expect(dump(file('again.db'))).toEqual(dump(file('from.db')))
      expect(dump(file('restored.db'))).toEqual(dump(file('from.db')))
    })
  },
)

describe('a backup of a file', () => {
  test('is whole and private, also while somebody writes', async () => {
    await fillEveryTable(file('from.db'))
    const writer = await sqlite(file('from.db').file).open()
    const writing = writer.transaction((parts) => parts.messages.insert([sampleAccepted(1)]))
    await backUpWorkspace(file('from.db'), file('backup.db').file)
    await writing
    await writer.close()
    const backup = new Driver(file('backup.db').file, { readonly: true })
    expect(backup.pragma('integrity_check', { simple: true })).toBe('ok')
    backup.close()
    expect((await stat(file('backup.db').file)).mode & 0o077).toBe(0)
    expect((await readdir(folder)).filter((name) => name.startsWith('backup.db'))).toEqual(['backup.db'])
  })

  test('never takes the place of another file, and a folder that is missing is named', async () => {
    await fillEveryTable(file('from.db'), 1)
    await writeFile(file('backup.db').file, 'precious')
    await expect(backUpWorkspace(file('from.db'), file('backup.db').file)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'file',
    })
    await expect(backUpWorkspace(file('from.db'), join(folder, 'no', 'backup.db'))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'file',
    })
  })

  test('of an older version is brought up to date when it is restored, and stays as it was itself', async () => {
    await fillEveryTable(file('from.db'), 2)
    const old = new Driver(file('from.db').file)
    // As the version before wrote it: without the tables of a server.
    old.exec(`
      DROP TABLE runs; DROP TABLE schedules; DROP TABLE quorums; DROP INDEX recipients_of_zone;
      DROP TABLE templates; DROP TABLE delivery_contents;
      DROP TABLE webhook_postings; DROP TABLE webhook_endpoints; DROP TABLE outbox_readers; DROP TABLE audit;
      DROP TABLE api_keys; DROP TABLE secrets; DROP INDEX outbox_of_topic; ALTER TABLE outbox DROP COLUMN topic;
      DROP INDEX outbox_of_recipient; ALTER TABLE messages DROP COLUMN trace; DROP INDEX deliveries_held;
      ALTER TABLE messages DROP COLUMN urgency; ALTER TABLE messages DROP COLUMN deliver_by;
      DROP TABLE segments; DROP INDEX invitations_of_person;
      DROP TABLE preference_links; DROP TABLE suppressions;
      CREATE TABLE suppressions (channel text NOT NULL, address text NOT NULL, reason text NOT NULL, at text NOT NULL,
        CONSTRAINT suppressions_key PRIMARY KEY (channel, address));
      DELETE FROM kysely_migration WHERE name >= '0003';`)
    old.close()
    await backUpWorkspace(file('from.db'), file('backup.db').file)
    expect(dump(file('backup.db'))).toEqual(dump(file('from.db')))
    await restoreWorkspace(file('backup.db').file, file('restored.db'))
    expect(dump(file('restored.db'))).toHaveProperty('webhook_postings', [])
    // A backup is its owner's only; a workspace made of it is a workspace like any other.
    await withStore(file('new.db'), async () => undefined)
    expect((await stat(file('restored.db').file)).mode).toBe((await stat(file('new.db').file)).mode)
    expect(dump(file('backup.db'))).not.toHaveProperty('webhook_postings')
  })

  test('that is damaged, or none, is not restored', async () => {
    await fillEveryTable(file('from.db'))
    await backUpWorkspace(file('from.db'), file('backup.db').file)
    const { size } = await stat(file('backup.db').file)
    const { truncate } = await import('node:fs/promises')
    await truncate(file('backup.db').file, Math.floor(size / 8_192) * 4_096)
    await expect(restoreWorkspace(file('backup.db').file, file('to.db'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    await expect(restoreWorkspace(file('none.db').file, file('to.db'))).rejects.toMatchObject({
      field: 'file',
    })
    expect(existsSync(file('to.db').file)).toBe(false)
  })
})
