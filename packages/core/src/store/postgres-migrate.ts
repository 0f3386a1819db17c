import { InviteMeError } from '../model/error.ts'
import { latestMigration, migrateToLatest, refuseUnknown } from './migrate.ts'
import { postgresColumns, postgresKysely } from './postgres-dialect.ts'
import type { PostgresSession } from './postgres-session.ts'

/** Since this version everything used here is there and tested; older ones get no fixes any more. */
const oldestVersion = 15
/** Hot rows are written four times: room within their page, and dead ones cleared before they are many. */
const hotTables = ['deliveries', 'attempts']
const hotSettings = {
  fillfactor: '70',
  autovacuum_vacuum_scale_factor: '0.01',
  autovacuum_vacuum_threshold: '1000',
  autovacuum_analyze_scale_factor: '0.02',
  autovacuum_vacuum_cost_delay: '0',
}

/**
 * Makes the schema and brings its tables up to this version; of several processes that do so at once one works and the others
 * wait for it.
 *
 * @param schema checked before, since it becomes part of statements
 * @throws InviteMeError `STORE_NEWER`, `STORE_UNAVAILABLE` for a server or an encoding this cannot work with, and what the
 * server says
 */
export async function migratePostgres(session: PostgresSession, schema: string): Promise<void> {
  if ((await lookAround(session)).isBegun && (await isUpToDate(session))) return
  await session.query({ text: 'BEGIN' })
  try {
    // A long table may take long to change; others wait for it meanwhile.
    await session.query({ text: 'SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0' })
    await session.query({ text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 1))' }, [
      `invite-me ${schema}`,
    ])
    await makeSchema(session, schema)
    await migrateToLatest(postgresKysely(session).withPlugin(postgresColumns()))
    await setUpHotTables(session)
    await session.query({ text: 'COMMIT' })
  } catch (error) {
    await session.query({ text: 'ROLLBACK' }).catch(() => undefined)
    throw error
  }
}

/**
 * Looks at the server and at whether this schema was ever used.
 * @throws InviteMeError `STORE_UNAVAILABLE` for a server or an encoding this cannot work with
 */
async function lookAround(session: PostgresSession): Promise<{ readonly isBegun: boolean }> {
  const { rows } = await session.query<{
    readonly version: number
    readonly encoding: string
    readonly begun: boolean
  }>({
    text: `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding,
      to_regclass('kysely_migration') IS NOT NULL AS begun`,
  })
  const [found] = rows
  if (found === undefined || (found.version >= oldestVersion && found.encoding === 'UTF8'))
    return { isBegun: found?.begun === true }
  const unfit =
    found.version < oldestVersion
      ? `is Postgres ${String(found.version)}; invite-me needs ${String(oldestVersion)} or newer`
      : `keeps text as ${found.encoding}; invite-me needs a database made with ENCODING 'UTF8'`
  throw new InviteMeError('STORE_UNAVAILABLE', `The database ${unfit}.`, { field: 'store' })
}

/**
 * Whether nothing is to be done, as at nearly every start: then nobody has to wait for a lock, and the catalogue is not read.
 * What it sees was committed as a whole.
 */
async function isUpToDate(session: PostgresSession): Promise<boolean> {
  const { rows } = await session.query<{ readonly name: string }>({
    text: 'SELECT name FROM kysely_migration',
  })
  const done = rows.map(({ name }) => name)
  refuseUnknown(done)
  return done.includes(latestMigration) && (await tablesToSetUp(session)).length === 0
}

/** Asks before it creates, since a user may be given the schema without the right to make one. */
async function makeSchema(session: PostgresSession, schema: string): Promise<void> {
  const { count } = await session.query({ text: 'SELECT FROM pg_namespace WHERE nspname = $1' }, [schema])
  if (count === 0) await session.query({ text: `CREATE SCHEMA "${schema}"` })
}

const wantedSettings = Object.entries(hotSettings).map(([name, value]) => `${name}=${value}`)

async function tablesToSetUp(session: PostgresSession): Promise<readonly string[]> {
  const { rows } = await session.query<{
    readonly relname: string
    readonly reloptions: readonly string[] | null
  }>(
    {
      text: 'SELECT relname, reloptions FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY($1)',
    },
    [hotTables],
  )
  return rows
    .filter(({ reloptions }) => wantedSettings.some((setting) => !(reloptions ?? []).includes(setting)))
    .map(({ relname }) => relname)
}

async function setUpHotTables(session: PostgresSession): Promise<void> {
  for (const table of await tablesToSetUp(session))
    await session.query({ text: `ALTER TABLE "${table}" SET (${wantedSettings.join(', ')})` })
}
