import { sql, type ColumnDefinitionBuilder, type Kysely } from 'kysely'
import type { Database } from '../schema.ts'

const required = (column: ColumnDefinitionBuilder) => column.notNull()
const id = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull()

/** What is sent and asked by the clock, and what became of it. */
export async function up(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('schedules')
    .addColumn('id', 'text', id)
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('description', 'text')
    .addColumn('timing', 'text', required)
    .addColumn('starts', 'text')
    .addColumn('ends', 'text')
    .addColumn('enabled', 'integer', required)
    .addColumn('missed', 'text', required)
    .addColumn('jitter_ms', 'integer', required)
    .addColumn('action', 'text', required)
    .addColumn('next_at', 'text')
    .addColumn('due_at', 'text')
    .addColumn('last_run_at', 'text')
    .addColumn('run_count', 'integer', required)
    .addColumn('created_at', 'text', required)
    .addColumn('updated_at', 'text', required)
    .execute()
  await db.schema
    .createIndex('schedules_due')
    .on('schedules')
    .columns(['due_at', 'id'])
    .where(sql.ref('due_at'), 'is not', null)
    .execute()
  await db.schema
    .createTable('runs')
    .addColumn('id', 'text', id)
    .addColumn('schedule_id', 'text', (column) =>
      column.notNull().references('schedules.id').onDelete('cascade'),
    )
    // The moment it is for, or its own id when it was asked for by hand: no two runs for one moment.
    .addColumn('slot', 'text', required)
    .addColumn('at', 'text', required)
    .addColumn('fired_at', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('by_hand', 'integer', required)
    .addColumn('message_id', 'text')
    .addColumn('error', 'text')
    .addColumn('missed', 'integer', required)
    .addColumn('messages', 'integer', required)
    .addUniqueConstraint('runs_once', ['schedule_id', 'slot'])
    .execute()
  // Whose day it is is asked zone by zone, page by page.
  await db.schema.createIndex('recipients_of_zone').on('recipients').columns(['zone', 'id']).execute()
  await db.schema.createIndex('runs_of_schedule').on('runs').columns(['schedule_id', 'id']).execute()
  await db.schema.createIndex('runs_fired').on('runs').column('fired_at').execute()
}
