import { sql, type Kysely } from 'kysely'
import type { Database } from '../schema.ts'

/** Hours of people: what waits for them. */
export async function up(db: Kysely<Database>): Promise<void> {
  // What was accepted before is not held back all at once.
  await db.schema
    .alterTable('messages')
    .addColumn('urgency', 'text', (column) => column.notNull().defaultTo('immediate'))
    .execute()
  await db.schema
    .alterTable('messages')
    .addColumn('deliver_by', 'text', (column) => column.notNull().defaultTo('break'))
    .execute()
  await db.schema
    .createIndex('deliveries_held')
    .on('deliveries')
    .columns(['recipient_id'])
    .where(sql<boolean>`state = 'held'`)
    .execute()
}
