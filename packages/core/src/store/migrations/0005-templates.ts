import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'

/** Versions of templates, and what was put together from them for each delivery. */
export async function up(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('templates')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('texts', 'text', (column) => column.notNull())
    .addColumn('variables', 'text', (column) => column.notNull())
    .addColumn('category', 'text')
    .addColumn('layout', 'text')
    .addColumn('description', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addUniqueConstraint('templates_versions', ['name', 'version'])
    .execute()
  await db.schema
    .createTable('delivery_contents')
    .addColumn('delivery_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('contents', 'text', (column) => column.notNull())
    .execute()
}
