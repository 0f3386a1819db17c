import { InviteMeError } from '../../model/error.ts'
import { postgresError } from '../postgres-error.ts'
import { migratePostgres } from '../postgres-migrate.ts'
import { PostgresSession, type Answer, type Value } from '../postgres-session.ts'
import type { Cell, TableShape, WorkspaceEnd, WorkspaceTarget } from './workspace-end.ts'
import { describeLocation, type WorkspaceLocation } from './workspace-location.ts'

type PostgresLocation = Extract<WorkspaceLocation, { readonly kind: 'postgres' }>

/** Longest a single statement may take, in ms; a page of rows takes far less. */
const statementTimeoutMs = 600_000
const connectTimeoutMs = 10_000

/**
 * Opens a workspace on Postgres to be read as it is at this moment, whoever writes to it meanwhile. It is not changed, not
 * even brought up to date.
 *
 * @throws InviteMeError `STORE_UNAVAILABLE` when the server cannot be reached or there is no such workspace
 */
export async function postgresSource(location: PostgresLocation): Promise<WorkspaceEnd> {
  const { session, ask } = await connect(location)
  await ask('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await ask('SET LOCAL idle_in_transaction_session_timeout = 0')
  return { ...endOf(location, ask), close: () => session.close() }
}

/**
 * Opens a workspace on Postgres to be filled. Its tables are made when they are not there, and nobody else writes to them
 * until it is closed.
 */
export async function postgresTarget(location: PostgresLocation): Promise<WorkspaceTarget> {
  const { session, ask } = await connect(location)
  const end = endOf(location, ask)
  try {
    await migratePostgres(session, location.schema)
    await ask('BEGIN')
    await ask('SET LOCAL idle_in_transaction_session_timeout = 0')
    const tables = (await end.tables()).map(({ name }) => `"${name}"`)
    await ask(`LOCK TABLE ${tables.join(', ')} IN SHARE ROW EXCLUSIVE MODE`)
  } catch (error) {
    await session.close()
    throw postgresError(error, describeLocation(location))
  }
  return {
    ...end,
    close: () => session.close(),
    insert: async (table, rows) => {
      await ask(
        insertText(table),
        table.columns.map((_, index) => rows.map((row) => row[index] ?? null)),
      )
    },
    setSequence: async (table, last) => {
      const counter = (await countersOf(ask)).find((one) => one.table === table)
      if (counter === undefined)
        throw new InviteMeError('INTERNAL', `The table ${table} counts in one database only.`)
      await ask('SELECT setval($1::regclass, $2)', [counter.sequence, last])
    },
    refusal: (cell) =>
      typeof cell === 'string' && cell.includes('\0')
        ? 'holds the character NUL, which Postgres cannot keep'
        : undefined,
    commit: async () => {
      await ask('COMMIT')
    },
  }
}

type Ask = <Found>(text: string, values?: readonly Value[]) => Promise<readonly Found[]>

async function connect(location: PostgresLocation): Promise<{ session: PostgresSession; ask: Ask }> {
  const place = describeLocation(location)
  const explained = <Result>(work: Promise<Result>): Promise<Result> =>
    work.catch((error: unknown) => {
      throw postgresError(error, place)
    })
  const { url, schema } = location
  const session = await explained(PostgresSession.open({ url, schema, connectTimeoutMs, statementTimeoutMs }))
  return {
    session,
    ask: async <Found>(text: string, values?: readonly Value[]) => {
      const { rows }: Answer<Found> = await explained(session.query<Found>({ text }, values))
      return rows
    },
  }
}

function endOf(location: PostgresLocation, ask: Ask): Omit<WorkspaceEnd, 'close'> {
  return {
    place: describeLocation(location),
    migrations: async () => {
      const [there] = await ask<{ is: boolean }>(`SELECT to_regclass('kysely_migration') IS NOT NULL AS "is"`)
      if (there?.is !== true) return []
      const done = await ask<{ name: string }>('SELECT name FROM kysely_migration ORDER BY name COLLATE "C"')
      return done.map(({ name }) => name)
    },
    tables: () => readTables(ask),
    page: async (table, after, limit) => {
      const found = await ask<Readonly<Record<string, Cell>>>(
        pageText(table, after !== undefined),
        after === undefined ? [limit] : [...after, limit],
      )
      return found.map((row) => table.columns.map(({ name }) => row[name] ?? null))
    },
    sequences: async () => {
      const last = new Map<string, number>()
      for (const { table, sequence } of await countersOf(ask)) {
        const [row] = await ask<{ last: number }>(
          `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${sequence}`,
        )
        last.set(table, row?.last ?? 0)
      }
      return last
    },
    leasedUntil: async (now) => {
      const [row] = await ask<{ until: string | null }>(
        'SELECT max(lease_until) AS until FROM deliveries WHERE lease_until > $1',
        [now.toISOString()],
      )
      return row?.until === undefined || row.until === null ? undefined : new Date(row.until)
    },
    newestCursor: async () => {
      await ask('COMMIT')
      return (
        (await ask<{ cursor: number | null }>('SELECT max(cursor) AS cursor FROM outbox'))[0]?.cursor ?? 0
      )
    },
  }
}

const ourTables = `
  c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE 'kysely\\_migration%'`

async function readTables(ask: Ask): Promise<readonly TableShape[]> {
  const columns = await ask<{ table: string; name: string; isNumber: boolean; place: number | null }>(`
    SELECT c.relname AS "table", a.attname AS name, a.atttypid IN (20, 21, 23) AS "isNumber",
      array_position(i.indkey::int2[], a.attnum)::int4 AS place
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE ${ourTables}`)
  const references = await ask<{ table: string; other: string }>(`
    SELECT c.relname AS "table", other.relname AS other
    FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid JOIN pg_class other ON other.oid = r.confrelid
    WHERE r.contype = 'f' AND ${ourTables}`)
  return [...Map.groupBy(columns, ({ table }) => table)].map(([name, found]) => ({
    name,
    columns: found
      .map((column) => ({ name: column.name, isNumber: column.isNumber }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    key: found
      .filter(({ place }) => place !== null)
      .toSorted((one, other) => (one.place ?? 0) - (other.place ?? 0))
      .map((column) => column.name),
    references: references
      .filter(({ table, other }) => table === name && other !== name)
      .map(({ other }) => other),
  }))
}

/** Columns that count by themselves, and what they count with. */
function countersOf(ask: Ask): Promise<readonly { readonly table: string; readonly sequence: string }[]> {
  return ask(`
    SELECT c.relname AS "table", pg_get_serial_sequence(format('%I.%I', current_schema(), c.relname), a.attname) AS sequence
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE ${ourTables} AND (a.attidentity <> '' OR pg_get_serial_sequence(format('%I.%I', current_schema(), c.relname), a.attname) IS NOT NULL)`)
}

function pageText(table: TableShape, isContinued: boolean): string {
  const key = quoted(table.key)
  const after = isContinued
    ? `WHERE (${key}) > (${table.key.map((_, index) => `$${String(index + 1)}`).join(', ')})`
    : ''
  const limit = `$${String(isContinued ? table.key.length + 1 : 1)}`
  return `SELECT ${columnsOf(table)} FROM "${table.name}" ${after} ORDER BY ${key} LIMIT ${limit}`
}

function insertText(table: TableShape): string {
  const arrays = table.columns.map(
    ({ isNumber }, index) => `$${String(index + 1)}::${isNumber ? 'int8' : 'text'}[]`,
  )
  return `INSERT INTO "${table.name}" (${columnsOf(table)}) OVERRIDING SYSTEM VALUE SELECT * FROM unnest(${arrays.join(', ')})`
}

function columnsOf({ columns }: TableShape): string {
  return quoted(columns.map(({ name }) => name))
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}
