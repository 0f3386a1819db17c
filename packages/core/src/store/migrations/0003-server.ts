import { sql, type ColumnDefinitionBuilder, type Kysely } from 'kysely'
import type { Database } from '../schema.ts'

const required = (column: ColumnDefinitionBuilder) => column.notNull()
const id = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull()

/** Keys, secrets, webhooks and the audit log of a server; traces of messages; live topics of events. */
export async function up(db: Kysely<Database>): Promise<void> {
  await db.schema.alterTable('messages').addColumn('trace', 'text').execute()
  await topics(db)
  await historyOfPeople(db)
  await keys(db)
  await webhooks(db)
  await db.schema
    .createTable('audit')
    .addColumn('id', 'text', id)
    .addColumn('at', 'text', required)
    .addColumn('actor', 'text', required)
    .addColumn('action', 'text', required)
    .addColumn('target', 'text')
    .addColumn('detail', 'text', required)
    .execute()
}

async function topics(db: Kysely<Database>): Promise<void> {
  await db.schema.alterTable('outbox').addColumn('topic', 'text').execute()
  for (const [name, column] of [
    ['outbox_of_topic', 'topic'],
    ['outbox_of_recipient', 'recipient_id'],
  ] as const)
    await db.schema
      .createIndex(name)
      .on('outbox')
      .columns([column, 'cursor'])
      .where(sql.ref(column), 'is not', null)
      .execute()
}

/** The history of a person is read page by page: without their order in the index, every page sorts all of it. */
async function historyOfPeople(db: Kysely<Database>): Promise<void> {
  for (const table of ['deliveries', 'receipts'] as const) {
    const name = `${table}_of_recipient`
    await db.schema.dropIndex(name).execute()
    await db.schema
      .createIndex(name)
      .on(table)
      .columns(['recipient_id', 'id'])
      .where(sql.ref('recipient_id'), 'is not', null)
      .execute()
  }
}

async function keys(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('api_keys')
    .addColumn('id', 'text', id)
    .addColumn('name', 'text', required)
    .addColumn('prefix', 'text', required)
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('scopes', 'text', required)
    .addColumn('created_at', 'text', required)
    .addColumn('expires_at', 'text')
    .addColumn('last_used_at', 'text')
    .addColumn('revoked_at', 'text')
    .execute()
  await db.schema
    .createTable('secrets')
    .addColumn('name', 'text', id)
    .addColumn('value', 'text', required)
    .execute()
}

async function webhooks(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('webhook_endpoints')
    .addColumn('id', 'text', id)
    .addColumn('url', 'text', required)
    .addColumn('description', 'text')
    .addColumn('types', 'text')
    .addColumn('state', 'text', required)
    .addColumn('disabled_reason', 'text')
    .addColumn('failing_since', 'text')
    .addColumn('secrets', 'text', required)
    .addColumn('after_cursor', 'integer', required)
    .addColumn('created_at', 'text', required)
    .execute()
  await db.schema
    .createTable('webhook_postings')
    .addColumn('id', 'text', id)
    .addColumn('endpoint_id', 'text', (column) =>
      column.notNull().references('webhook_endpoints.id').onDelete('cascade'),
    )
    .addColumn('cursor', 'integer', required)
    .addColumn('type', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('tries', 'integer', required)
    .addColumn('due_at', 'text')
    .addColumn('last_status', 'integer')
    .addColumn('last_error', 'text')
    .addColumn('created_at', 'text', required)
    .addColumn('updated_at', 'text', required)
    .addUniqueConstraint('webhook_postings_once', ['endpoint_id', 'cursor'])
    .execute()
  await db.schema
    .createIndex('webhook_postings_due')
    .on('webhook_postings')
    // By endpoint, so that what waits for one that is dead is not walked over to find what is due for another.
    .columns(['endpoint_id', 'due_at', 'id'])
    .where(sql.ref('due_at'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('webhook_postings_ended')
    .on('webhook_postings')
    .column('updated_at')
    .where(sql.ref('due_at'), 'is', null)
    .execute()
  await db.schema
    .createIndex('webhook_postings_of_endpoint')
    .on('webhook_postings')
    .columns(['endpoint_id', 'id'])
    .execute()
  // How far each reader of the outbox has come; who reads for it just now, where that is one at a time.
  await db.schema
    .createTable('outbox_readers')
    .addColumn('name', 'text', id)
    .addColumn('cursor', 'integer', required)
    .addColumn('holder', 'text')
    .addColumn('held_until', 'text')
    .execute()
}
