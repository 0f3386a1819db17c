import type { Kysely } from 'kysely'
import type { Plan } from '../model/plan.ts'
import { stripInvitationEvents } from './erase-events.ts'
import type { Database } from './schema.ts'

/** Receipts whose `detail` may be a provider's own words; those of the others are the engine's. */
const toldFromOutside = [
  'accepted',
  'failed',
  'unknown',
  'delivered',
  'read',
  'bounced',
  'edited',
  'edit_failed',
]

/** What is left of a message nobody remembers. */
const noContent = JSON.stringify({ text: '' })

/** Overwrites all that deliveries and what hangs on them say of a person. Repeating it changes nothing. */
export async function overwriteDeliveries(db: Kysely<Database>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const rows = await db
    .selectFrom('deliveries')
    .select(['id', 'message_id', 'invitation_id', 'plan'])
    .where('id', 'in', ids)
    .execute()
  await overwritePlans(db, rows)
  await overwriteAttempts(db, ids)
  await overwriteInvitations(db, [...new Set(rows.flatMap((row) => row.invitation_id ?? []))])
  await overwriteMessages(db, [...new Set(rows.map((row) => row.message_id))])
}

/** The empty `to` says that a delivery was overwritten: nobody can be asked without a name. */
async function overwritePlans(
  db: Kysely<Database>,
  rows: readonly { readonly id: string; readonly plan: string }[],
): Promise<void> {
  // Without their addresses most plans are the same.
  const byPlan = Map.groupBy(rows, ({ plan }) => withoutAddresses(plan))
  for (const [plan, some] of byPlan)
    await db
      .updateTable('deliveries')
      .set({ to: '', name: null, locale: null, plan })
      .where(
        'id',
        'in',
        some.map(({ id }) => id),
      )
      .execute()
}

function withoutAddresses(text: string): string {
  // Written by this store itself.
  const plan = JSON.parse(text) as Plan
  return JSON.stringify(plan.map((route) => ({ ...route, address: '' })))
}

/** Ids of providers go too: of a chat they are the address and a number. */
async function overwriteAttempts(db: Kysely<Database>, ids: readonly string[]): Promise<void> {
  await db
    .updateTable('attempts')
    .set({ address: null, reply_token: null, provider_message_id: null })
    .where('delivery_id', 'in', ids)
    .execute()
  await db
    .updateTable('receipts')
    .set(({ eb }) => ({
      provider_message_id: null,
      detail: eb.case().when('kind', 'in', toldFromOutside).then(null).else(eb.ref('detail')).end(),
    }))
    .where('delivery_id', 'in', ids)
    .execute()
  for (const table of [
    'provider_ids',
    'edits',
    'response_links',
    'inbox_items',
    'delivery_contents',
  ] as const)
    await db.deleteFrom(table).where('delivery_id', 'in', ids).execute()
}

async function overwriteInvitations(db: Kysely<Database>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await db
    .updateTable('invitations')
    .set({ to: '', name: null, locale: null, value: null })
    .where('id', 'in', ids)
    .execute()
  await db.updateTable('responses').set({ value: 'null' }).where('invitation_id', 'in', ids).execute()
  await stripInvitationEvents(db, ids)
}

async function overwriteMessages(db: Kysely<Database>, ids: readonly string[]): Promise<void> {
  // It names everybody the message went to. What is repeated under its key is refused from now on, rather than sent again.
  await db
    .updateTable('messages')
    .set({ request: '' })
    .where('id', 'in', ids)
    .where('request', 'is not', null)
    .execute()
  const forgotten = await db
    .updateTable('messages')
    .set({ content: noContent })
    .where('id', 'in', ids)
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries')
            .select('deliveries.id')
            .whereRef('deliveries.message_id', '=', 'messages.id')
            .where('deliveries.to', '<>', ''),
        ),
      ),
    )
    .returning('id')
    .execute()
  await dropEntries(
    db,
    forgotten.map(({ id }) => id),
  )
}

/** Changed calendar entries of messages without content, and the events that told of them. */
async function dropEntries(db: Kysely<Database>, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return
  const dropped = await db
    .deleteFrom('rescheduled')
    .where('message_id', 'in', messageIds)
    .returning('message_id')
    .execute()
  if (dropped.length === 0) return
  // No index leads there; entries are rarely changed, and more rarely forgotten.
  await db
    .updateTable('outbox')
    .set({ data: '{}' })
    .where('type', '=', 'invitation.rescheduled')
    .where(
      'message_id',
      'in',
      dropped.map((row) => row.message_id),
    )
    .execute()
}
