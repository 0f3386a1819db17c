import { sql, type ColumnDefinitionBuilder, type Kysely } from 'kysely'
import type { Database } from '../schema.ts'

const required = (column: ColumnDefinitionBuilder) => column.notNull()
const id = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull()

/** Addresses of attempts, edits, inboxes, links that connect a medium, and what came in and waits. */
export async function up(db: Kysely<Database>): Promise<void> {
  await attempts(db)
  await addressesOfOpenQuestions(db)
  await edits(db)
  await inbound(db)
  await inbox(db)
}

async function attempts(db: Kysely<Database>): Promise<void> {
  await db.schema.alterTable('attempts').addColumn('address', 'text').execute()
  await db.schema.alterTable('attempts').addColumn('reply_token', 'text').execute()
  await db.schema
    .createIndex('attempts_by_address')
    .on('attempts')
    .columns(['channel', 'address', 'delivery_id'])
    .where(sql.ref('address'), 'is not', null)
    .execute()
  await db.schema
    .createTable('provider_ids')
    .addColumn('channel', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('delivery_id', 'text', required)
    .addColumn('attempt', 'integer', required)
    .addPrimaryKeyConstraint('provider_ids_key', ['channel', 'id', 'delivery_id', 'attempt'])
    .execute()
}

/** Questions that were sent before attempts kept addresses must still be found by theirs. */
async function addressesOfOpenQuestions(db: Kysely<Database>): Promise<void> {
  const size = 500
  for (let after = ''; ;) {
    const sent = await db
      .selectFrom('deliveries')
      .innerJoin('invitations', 'invitations.id', 'deliveries.invitation_id')
      .select(['deliveries.id', 'deliveries.plan'])
      .where('invitations.state', '=', 'pending')
      .where('deliveries.attempts', '>', 0)
      .where('deliveries.id', '>', after)
      .orderBy('deliveries.id')
      .limit(size)
      .execute()
    for (const { id: deliveryId, plan } of sent) {
      // As the foundation wrote it.
      const routes = JSON.parse(plan) as readonly { readonly address: string }[]
      for (const [position, { address }] of routes.entries())
        await db
          .updateTable('attempts')
          .set({ address })
          .where('delivery_id', '=', deliveryId)
          .where('position', '=', position)
          .execute()
    }
    const last = sent.at(-1)
    if (last === undefined || sent.length < size) return
    after = last.id
  }
}

async function edits(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('edits')
    .addColumn('delivery_id', 'text', required)
    .addColumn('attempt', 'integer', required)
    .addColumn('channel', 'text', required)
    .addColumn('provider_message_id', 'text', required)
    .addColumn('position', 'integer', required)
    .addColumn('reason', 'text', required)
    .addColumn('version', 'text', required)
    .addColumn('due_at', 'text', required)
    .addColumn('tries', 'integer', required)
    .addColumn('held', 'integer', required)
    .addPrimaryKeyConstraint('edits_key', ['delivery_id', 'attempt'])
    .execute()
  await db.schema
    .createIndex('edits_due')
    .on('edits')
    .columns(['channel', 'due_at', 'delivery_id', 'attempt'])
    .execute()
  await db.schema
    .createTable('rescheduled')
    .addColumn('message_id', 'text', id)
    .addColumn('entry', 'text', required)
    .addColumn('sequence', 'integer', required)
    .addColumn('at', 'text', required)
    .execute()
}

async function inbound(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('unmatched_facts')
    .addColumn('id', 'text', id)
    .addColumn('channel', 'text', required)
    .addColumn('fact_id', 'text', required)
    .addColumn('provider_message_id', 'text')
    .addColumn('received_at', 'text', required)
    .addColumn('fact', 'text', required)
    .addUniqueConstraint('unmatched_facts_once', ['channel', 'fact_id'])
    .execute()
  await db.schema
    .createIndex('unmatched_facts_by_provider_id')
    .on('unmatched_facts')
    .columns(['channel', 'provider_message_id', 'id'])
    .where(sql.ref('provider_message_id'), 'is not', null)
    .execute()
  await db.schema
    .createTable('clarifications')
    .addColumn('channel', 'text', required)
    .addColumn('address', 'text', required)
    .addColumn('candidates', 'text', required)
    .addColumn('input', 'text', required)
    .addColumn('at', 'text', required)
    .addPrimaryKeyConstraint('clarifications_key', ['channel', 'address'])
    .execute()
  await db.schema
    .createTable('connect_links')
    .addColumn('hash', 'text', id)
    .addColumn('recipient_id', 'text', required)
    .addColumn('channel', 'text', required)
    .addColumn('expires_at', 'text', required)
    .addColumn('used_at', 'text')
    .addColumn('used_by', 'text')
    .addColumn('created_at', 'text', required)
    .execute()
}

async function inbox(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('inbox_items')
    .addColumn('id', 'text', id)
    .addColumn('channel', 'text', required)
    .addColumn('address', 'text', required)
    .addColumn('delivery_id', 'text', (column) => column.notNull().unique())
    .addColumn('message_id', 'text', required)
    .addColumn('invitation_id', 'text')
    .addColumn('recipient_id', 'text')
    .addColumn('created_at', 'text', required)
    .addColumn('read_at', 'text')
    .addColumn('acknowledged_at', 'text')
    .execute()
  const place = ['channel', 'address', 'id']
  await db.schema.createIndex('inbox_items_of_address').on('inbox_items').columns(place).execute()
  // A badge asks for the number of unread items over and over: it reads those alone.
  for (const [name, column] of [
    ['inbox_items_unread', 'read_at'],
    ['inbox_items_unacknowledged', 'acknowledged_at'],
  ] as const)
    await db.schema
      .createIndex(name)
      .on('inbox_items')
      .columns(place)
      .where(sql.ref(column), 'is', null)
      .execute()
}
