import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { InviteMeError } from '../model/error.ts'
import { migrations } from './migrations/index.ts'
import type { Database } from './schema.ts'

/**
 * Brings the tables up to this version; does nothing when they are. Runs within the caller's transaction, which keeps
 * other processes out.
 * @throws InviteMeError `STORE_NEWER` when a newer version of this package wrote them
 */
export async function migrateToLatest(db: Kysely<Database>): Promise<void> {
  await refuseNewer(db)
  const provider = { getMigrations: async () => ({ ...migrations }) }
  const migrator = new Migrator({ db, provider, disableTransactions: true })
  const { error, results } = await migrator.migrateToLatest()
  if (error === undefined) return
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'unknown'
  throw error instanceof Error
    ? error
    : new InviteMeError('STORE_UNAVAILABLE', `Migration ${failed} failed.`, { cause: error })
}

async function refuseNewer(db: Kysely<Database>): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === 'kysely_migration')) return
  const done = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute()
  const unknown = done.find(({ name }) => !(name in migrations))
  if (unknown === undefined) return
  throw new InviteMeError(
    'STORE_NEWER',
    `The database was written by a newer version of invite-me (it knows the migration "${unknown.name}"). Update invite-me, or restore the backup made before the upgrade.`,
    { field: 'store' },
  )
}
