import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { InviteMeError } from '../model/error.ts'
import { migrations } from './migrations/index.ts'
import type { Database } from './schema.ts'

/** The last migration this version knows. */
export const latestMigration: string = Object.keys(migrations).at(-1) ?? ''

/**
 * Brings the tables up to this version; does nothing when they are. Runs within the caller's transaction, which keeps
 * other processes out.
 * @throws InviteMeError `STORE_NEWER` when a newer version of this package wrote them
 */
export async function migrateToLatest(db: Kysely<Database>): Promise<void> {
  await migrateTo(db, latestMigration)
}

/**
 * Brings the tables up to one migration, so that they hold what was written by an older version; does nothing when they are
 * there or further. Runs within the caller's transaction.
 * @throws InviteMeError `STORE_NEWER` when this version does not know the migration, or knows less than was done
 */
export async function migrateTo(db: Kysely<Database>, name: string): Promise<void> {
  if (!(name in migrations)) throw newer(name)
  if ((await refuseNewer(db)).includes(name)) return
  const provider = { getMigrations: async () => ({ ...migrations }) }
  const migrator = new Migrator({ db, provider, disableTransactions: true })
  const { error, results } = await migrator.migrateTo(name)
  if (error === undefined) return
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'unknown'
  throw error instanceof Error
    ? error
    : new InviteMeError('STORE_UNAVAILABLE', `Migration ${failed} failed.`, { cause: error })
}

/** @returns the migrations that were done */
async function refuseNewer(db: Kysely<Database>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === 'kysely_migration')) return []
  const done = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute()
  const names = done.map(({ name }) => name)
  refuseUnknown(names)
  return names
}

/**
 * Makes sure that this version knows all that was done to the tables.
 * @throws InviteMeError `STORE_NEWER`
 */
export function refuseUnknown(done: readonly string[]): void {
  const unknown = done.find((name) => !(name in migrations))
  if (unknown !== undefined) throw newer(unknown)
}

function newer(migration: string): InviteMeError {
  return new InviteMeError(
    'STORE_NEWER',
    `The database was written by a newer version of invite-me (it knows the migration "${migration}"). Update invite-me, or restore the backup made before the upgrade.`,
    { field: 'store' },
  )
}
