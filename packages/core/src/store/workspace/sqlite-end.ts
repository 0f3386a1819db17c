import { existsSync, rmSync } from 'node:fs'
import type BetterSqlite from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { InviteMeError } from '../../model/error.ts'
import { migrateTo } from '../migrate.ts'
import type { Database } from '../schema.ts'
import { sqliteError } from '../sqlite-error.ts'
import { type Row, type TableShape, type WorkspaceEnd, type WorkspaceTarget } from './workspace-end.ts'

/** How long another process may keep the file locked, in ms. */
const patienceMs = 10_000

/**
 * Opens a SQLite file to be read as it is at this moment, whoever writes to it meanwhile. It is not changed, not even
 * brought up to date.
 *
 * @throws InviteMeError `STORE_UNAVAILABLE` when there is no such file, or it is none of SQLite
 */
export async function sqliteSource(file: string): Promise<WorkspaceEnd> {
  if (!existsSync(file))
    throw new InviteMeError('STORE_UNAVAILABLE', `There is no database "${file}".`, { field: 'from' })
  const database = await openFile(file, { readonly: true })
  try {
    database.exec('BEGIN')
    // The first read fixes the moment.
    database.prepare('SELECT count(*) FROM sqlite_master').get()
  } catch (error) {
    database.close()
    throw sqliteError(error, file)
  }
  return endOf(database)
}

/**
 * Opens a SQLite file to be filled, and makes the tables as they are after `migrations`. A file that was not there is gone
 * again when it is closed before `commit`.
 *
 * @throws InviteMeError `STORE_NEWER` when a migration is not known
 */
export async function sqliteTarget(file: string, migrations: readonly string[]): Promise<WorkspaceTarget> {
  const isNew = !existsSync(file)
  const database = await openFile(file)
  let isKept = !isNew
  const end = endOf(database)
  const close = async (): Promise<void> => {
    await end.close()
    if (!isKept) for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true })
  }
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.exec('BEGIN IMMEDIATE')
    await migrateTo(
      new Kysely<Database>({ dialect: new SqliteDialect({ database }) }),
      migrations.at(-1) ?? '',
    )
  } catch (error) {
    await close()
    throw sqliteError(error, file)
  }
  return {
    ...end,
    close,
    insert: async (table, rows) => {
      const statement = database.prepare(insertText(table))
      for (const row of rows) statement.run(...row)
    },
    setSequence: async (table, last) => {
      // The table of counters has no key: an update tells whether the line is there.
      const update = database.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(last, table)
      if (update.changes === 0)
        database.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(table, last)
    },
    refusal: () => undefined,
    commit: async () => {
      database.exec('COMMIT')
      isKept = true
    },
  }
}

async function openFile(file: string, options: BetterSqlite.Options = {}): Promise<BetterSqlite.Database> {
  const { default: Driver } = await import('better-sqlite3')
  try {
    return new Driver(file, { ...options, timeout: patienceMs })
  } catch (error) {
    throw sqliteError(error, file)
  }
}

function endOf(database: BetterSqlite.Database): WorkspaceEnd {
  const all = <Found>(text: string, ...values: readonly unknown[]): readonly Found[] =>
    database.prepare<unknown[], Found>(text).all(...values)
  const isThere = (table: string): boolean =>
    all('SELECT 1 FROM sqlite_master WHERE name = ?', table).length > 0
  return {
    place: database.name,
    migrations: async () => {
      if (!isThere('kysely_migration')) return []
      return all<{ name: string }>('SELECT name FROM kysely_migration ORDER BY name').map(({ name }) => name)
    },
    tables: async () => {
      const names = all<{ name: string }>(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE 'kysely!_migration%' ESCAPE '!'`,
      )
      return names.map(({ name }) => shapeOf(database, name))
    },
    page: async (table, after, limit) => {
      const values = after === undefined ? [limit] : [...after, limit]
      return database
        .prepare<unknown[], Row>(pageText(table, after !== undefined))
        .raw()
        .all(...values)
    },
    sequences: async () => {
      const counted = isThere('sqlite_sequence')
        ? all<{ name: string; seq: number }>('SELECT name, seq FROM sqlite_sequence')
        : []
      return new Map(counted.map(({ name, seq }) => [name, seq]))
    },
    leasedUntil: async (now) => {
      const [row] = all<{ until: string | null }>(
        'SELECT max(lease_until) AS until FROM deliveries WHERE lease_until > ?',
        now.toISOString(),
      )
      return row?.until === undefined || row.until === null ? undefined : new Date(row.until)
    },
    newestCursor: async () => {
      if (database.inTransaction && database.readonly) database.exec('COMMIT')
      return all<{ cursor: number | null }>('SELECT max(cursor) AS cursor FROM outbox')[0]?.cursor ?? 0
    },
    close: async () => {
      if (database.open && database.inTransaction) database.exec('ROLLBACK')
      database.close()
    },
  }
}

function shapeOf(database: BetterSqlite.Database, name: string): TableShape {
  const columns = database
    .prepare<[string], { name: string; type: string; pk: number }>(
      'SELECT name, type, pk FROM pragma_table_info(?)',
    )
    .all(name)
  const references = database
    .prepare<[string], { table: string }>('SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)')
    .all(name)
  return {
    name,
    columns: columns
      .map((column) => ({ name: column.name, isNumber: column.type.toLowerCase().startsWith('int') }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    key: columns
      .filter(({ pk }) => pk > 0)
      .toSorted((one, other) => one.pk - other.pk)
      .map((column) => column.name),
    references: references.map(({ table }) => table).filter((table) => table !== name),
  }
}

function pageText(table: TableShape, isContinued: boolean): string {
  const key = quoted(table.key)
  const after = isContinued ? `WHERE (${key}) > (${table.key.map(() => '?').join(', ')})` : ''
  return `SELECT ${columnsOf(table)} FROM "${table.name}" ${after} ORDER BY ${key} LIMIT ?`
}

function insertText(table: TableShape): string {
  return `INSERT INTO "${table.name}" (${columnsOf(table)}) VALUES (${table.columns.map(() => '?').join(', ')})`
}

function columnsOf({ columns }: TableShape): string {
  return quoted(columns.map(({ name }) => name))
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}
