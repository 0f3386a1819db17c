import { sql, type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely } from 'kysely'

const required = (column: ColumnDefinitionBuilder) => column.notNull()
const id = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull()

/** People, messages, invitations, deliveries, receipts, answers and the outbox. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await people(db)
  await messages(db)
  await deliveries(db)
  await answers(db)
  await outbox(db)
}

async function people(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('recipients')
    .addColumn('id', 'text', id)
    .addColumn('external_id', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text')
    .addColumn('locale', 'text')
    .addColumn('zone', 'text')
    .addColumn('attributes', 'text', required)
    .addColumn('preferences', 'text', required)
    .addColumn('created_at', 'text', required)
    .addColumn('updated_at', 'text', required)
    .execute()
  await db.schema
    .createTable('routes')
    .addColumn('id', 'text', id)
    .addColumn('recipient_id', 'text', (column) =>
      column.notNull().references('recipients.id').onDelete('cascade'),
    )
    .addColumn('channel', 'text', required)
    .addColumn('address', 'text', required)
    .addColumn('rank', 'integer', required)
    .addColumn('verified', 'integer', required)
    .addColumn('state', 'text', required)
    .addUniqueConstraint('routes_one_address', ['recipient_id', 'channel', 'address'])
    .execute()
  await db.schema.createIndex('routes_by_address').on('routes').columns(['channel', 'address']).execute()
  await db.schema
    .createTable('suppressions')
    .addColumn('channel', 'text', required)
    .addColumn('address', 'text', required)
    .addColumn('reason', 'text', required)
    .addColumn('at', 'text', required)
    .addPrimaryKeyConstraint('suppressions_key', ['channel', 'address'])
    .execute()
}

async function messages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('messages')
    .addColumn('id', 'text', id)
    .addColumn('content', 'text', required)
    .addColumn('category', 'text', required)
    .addColumn('lane', 'integer', required)
    .addColumn('routing', 'text', required)
    .addColumn('answer', 'text')
    .addColumn('originator', 'text')
    .addColumn('on_unknown', 'text', required)
    .addColumn('reminders_ms', 'text', required)
    .addColumn('until', 'text')
    .addColumn('key', 'text')
    .addColumn('request', 'text')
    .addColumn('created_at', 'text', required)
    .execute()
  await db.schema
    .createIndex('messages_key')
    .on('messages')
    .column('key')
    .unique()
    .where(sql.ref('key'), 'is not', null)
    .execute()
  await db.schema
    .createTable('invitations')
    .addColumn('id', 'text', id)
    .addColumn('message_id', 'text', required)
    .addColumn('recipient_id', 'text')
    .addColumn('to', 'text', required)
    .addColumn('name', 'text')
    .addColumn('locale', 'text')
    .addColumn('state', 'text', required)
    .addColumn('revision', 'integer', required)
    .addColumn('value', 'text')
    .addColumn('via', 'text')
    .addColumn('answered_at', 'text')
    .addColumn('until', 'text')
    .addColumn('created_at', 'text', required)
    .addColumn('closed_at', 'text')
    .execute()
  await db.schema
    .createIndex('invitations_of_message')
    .on('invitations')
    .columns(['message_id', 'id'])
    .execute()
  await db.schema.createIndex('invitations_by_state').on('invitations').columns(['state', 'id']).execute()
}

async function deliveries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('deliveries')
    .addColumn('id', 'text', id)
    .addColumn('message_id', 'text', required)
    .addColumn('invitation_id', 'text')
    .addColumn('recipient_id', 'text')
    .addColumn('to', 'text', required)
    .addColumn('name', 'text')
    .addColumn('locale', 'text')
    .addColumn('state', 'text', required)
    .addColumn('reason', 'text')
    .addColumn('lane', 'integer', required)
    .addColumn('plan', 'text', required)
    .addColumn('position', 'integer', required)
    .addColumn('step', 'text', required)
    .addColumn('due_at', 'text')
    .addColumn('due_channel', 'text', required)
    .addColumn('due_lane', 'integer', required)
    .addColumn('lease_token', 'integer', required)
    .addColumn('lease_worker', 'text')
    .addColumn('lease_until', 'text')
    .addColumn('attempts', 'integer', required)
    .addColumn('tries', 'integer', required)
    .addColumn('route_since', 'text')
    .addColumn('accepted_at', 'text')
    .addColumn('first_accepted_at', 'text')
    .addColumn('reminders', 'integer', required)
    .addColumn('doubtful', 'integer', required)
    .addColumn('crashes', 'integer', required)
    .addColumn('created_at', 'text', required)
    .addColumn('updated_at', 'text', required)
    .execute()
  // What is claimed and what waits for later share the index, but a claim reads only its (channel, lane) up to now:
  // a million rows that wait cost nothing.
  await db.schema
    .createIndex('deliveries_due')
    .on('deliveries')
    .columns(['due_channel', 'due_lane', 'due_at', 'id'])
    .where(sql.ref('due_at'), 'is not', null)
    .where(sql.ref('lease_until'), 'is', null)
    .execute()
  await db.schema
    .createIndex('deliveries_leased')
    .on('deliveries')
    .column('lease_until')
    .where(sql.ref('lease_until'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('deliveries_of_message')
    .on('deliveries')
    .columns(['message_id', 'id'])
    .execute()
  await partialIndex(db, 'deliveries_of_invitation', 'deliveries', 'invitation_id')
  await partialIndex(db, 'deliveries_of_recipient', 'deliveries', 'recipient_id')

  await db.schema
    .createTable('attempts')
    .addColumn('delivery_id', 'text', required)
    .addColumn('number', 'integer', required)
    .addColumn('position', 'integer', required)
    .addColumn('channel', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('provider_message_id', 'text')
    .addColumn('started_at', 'text', required)
    .addColumn('settled_at', 'text')
    .addPrimaryKeyConstraint('attempts_key', ['delivery_id', 'number'])
    .execute()
  await db.schema
    .createIndex('attempts_by_provider_id')
    .on('attempts')
    .columns(['channel', 'provider_message_id'])
    .where(sql.ref('provider_message_id'), 'is not', null)
    .execute()

  await references(
    db.schema
      .createTable('receipts')
      .addColumn('id', 'text', id)
      .addColumn('kind', 'text', required)
      .addColumn('at', 'text', required),
  )
    .addColumn('attempt', 'integer')
    .addColumn('channel', 'text')
    .addColumn('route_id', 'text')
    .addColumn('outcome', 'text')
    .addColumn('scope', 'text')
    .addColumn('provider_message_id', 'text')
    .addColumn('provider_code', 'text')
    .addColumn('duplicate_possible', 'integer', required)
    .addColumn('detail', 'text')
    .execute()
  await db.schema.createIndex('receipts_of_message').on('receipts').columns(['message_id', 'id']).execute()
  await partialIndex(db, 'receipts_of_delivery', 'receipts', 'delivery_id')
  await partialIndex(db, 'receipts_of_invitation', 'receipts', 'invitation_id')
  await partialIndex(db, 'receipts_of_recipient', 'receipts', 'recipient_id')
  await partialIndex(db, 'receipts_of_channel', 'receipts', 'channel')
}

async function answers(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('responses')
    .addColumn('id', 'text', id)
    .addColumn('invitation_id', 'text', required)
    .addColumn('delivery_id', 'text')
    .addColumn('status', 'text', required)
    .addColumn('revision', 'integer')
    .addColumn('value', 'text', required)
    .addColumn('via', 'text', required)
    .addColumn('provisional', 'integer', required)
    .addColumn('at', 'text', required)
    // The same revision cannot be written twice, whatever races.
    .addUniqueConstraint('responses_one_revision', ['invitation_id', 'revision'])
    .execute()
  await db.schema
    .createTable('response_links')
    .addColumn('hash', 'text', id)
    .addColumn('purpose', 'text', required)
    .addColumn('delivery_id', 'text', required)
    .addColumn('invitation_id', 'text')
    .addColumn('position', 'integer', required)
    .addColumn('expires_at', 'text')
    .addColumn('revoked_at', 'text')
    .addColumn('created_at', 'text', required)
    .execute()
  await db.schema
    .createIndex('response_links_of_delivery')
    .on('response_links')
    .column('delivery_id')
    .execute()
  await db.schema
    .createTable('inbound_facts')
    .addColumn('channel', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('at', 'text', required)
    .addPrimaryKeyConstraint('inbound_facts_key', ['channel', 'id'])
    .execute()
}

async function outbox(db: Kysely<unknown>): Promise<void> {
  await references(
    db.schema
      .createTable('outbox')
      .addColumn('cursor', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('type', 'text', required)
      .addColumn('at', 'text', required),
  )
    .addColumn('data', 'text', required)
    .execute()
  await partialIndex(db, 'outbox_of_invitation', 'outbox', 'invitation_id')
}

/** The four references receipts and events share. */
function references<Table extends string, Columns extends string>(table: CreateTableBuilder<Table, Columns>) {
  return table
    .addColumn('message_id', 'text')
    .addColumn('delivery_id', 'text')
    .addColumn('invitation_id', 'text')
    .addColumn('recipient_id', 'text')
}

async function partialIndex(db: Kysely<unknown>, name: string, table: string, column: string): Promise<void> {
  await db.schema.createIndex(name).on(table).column(column).where(sql.ref(column), 'is not', null).execute()
}
