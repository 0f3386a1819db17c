import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'

/** Quorums, and how far they are. */
export async function up(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('quorums')
    .addColumn('message_id', 'text', (column) => column.primaryKey())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addColumn('of', 'text', (column) => column.notNull())
    .addColumn('on_reached', 'text', (column) => column.notNull())
    .addColumn('counted', 'integer', (column) => column.notNull())
    .addColumn('reached_at', 'text')
    .execute()
}
