import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'

/** Filters under a name, and who was asked what. */
export async function up(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('segments')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('filter', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute()
  // Whether a person answered a message is asked of every person.
  await db.schema
    .createIndex('invitations_of_person')
    .on('invitations')
    .columns(['message_id', 'recipient_id'])
    .where('recipient_id', 'is not', null)
    .execute()
}
