import type { Kysely } from 'kysely'
import type { ChannelAddress, ErasureStore, PageRequest } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { overwriteEvents } from './erase-events.ts'
import { dropFactsFrom } from './erase-facts.ts'
import { overwriteDeliveries } from './erase-sent.ts'
import { toMoment, type Row } from './rows.ts'
import type { Database } from './schema.ts'

/** What an address said by the state of its route, to be remembered when the route is gone. */
const remembered: Readonly<Record<string, string>> = {
  opted_out: 'opted_out',
  bounced: 'bounced',
  blocked: 'manual',
}

/** Forgetting people. */
export function erasureStore({ db, run }: Connection): ErasureStore {
  return {
    deliveries: (recipientId, page) => run(() => deliveriesOf(db, recipientId, page)),
    overwrite: (deliveryIds) => run(() => overwriteDeliveries(db, deliveryIds)),
    overwriteEvents: (recipientId, after, limit) =>
      run(async () => overwriteEvents(db, await whoseEvents(db, recipientId), { after, limit })),
    forget: (recipientId, now) => run(() => forget(db, recipientId, now)),
  }
}

async function deliveriesOf(
  db: Kysely<Database>,
  recipientId: string,
  { after = '', limit }: PageRequest,
): Promise<readonly string[]> {
  const next = db
    .selectFrom('deliveries')
    .select('deliveries.id')
    .where('deliveries.id', '>', after)
    .where('deliveries.to', '<>', '')
    .orderBy('deliveries.id')
    .limit(limit)
  const pages = [await next.where('recipient_id', '=', recipientId).execute()]
  for (const { channel, address } of await placesOf(db, recipientId)) {
    const toNobody = next.distinct().where('deliveries.recipient_id', 'is', null)
    pages.push(
      await toNobody
        .innerJoin('attempts', 'attempts.delivery_id', 'deliveries.id')
        .where('attempts.channel', '=', channel)
        .where('attempts.address', '=', address)
        .execute(),
      await toNobody
        .innerJoin('inbox_items', 'inbox_items.delivery_id', 'deliveries.id')
        .where('inbox_items.channel', '=', channel)
        .where('inbox_items.address', '=', address)
        .execute(),
    )
  }
  // Each page begins with its smallest ids, so the smallest of all are among them.
  return [...new Set(pages.flat().map(({ id }) => id))].toSorted().slice(0, limit)
}

/** The addresses that are this person's alone. */
async function placesOf(db: Kysely<Database>, recipientId: string): Promise<readonly ChannelAddress[]> {
  return db
    .selectFrom('routes')
    .select(['channel', 'address'])
    .where('recipient_id', '=', recipientId)
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('routes as other')
            .select('other.id')
            .whereRef('other.channel', '=', 'routes.channel')
            .whereRef('other.address', '=', 'routes.address')
            .where('other.recipient_id', '<>', recipientId),
        ),
      ),
    )
    .execute()
}

async function whoseEvents(db: Kysely<Database>, recipientId: string) {
  const recipient = await db
    .selectFrom('recipients')
    .select('external_id')
    .where('id', '=', recipientId)
    .executeTakeFirst()
  const addresses = (await placesOf(db, recipientId)).map(({ address }) => address)
  const names = [...new Set([...(recipient === undefined ? [] : [recipient.external_id]), ...addresses])]
  return { recipientId, names }
}

async function forget(
  db: Kysely<Database>,
  recipientId: string,
  now: Date,
): Promise<'forgotten' | 'unfinished' | 'unknown'> {
  const person = await db
    .selectFrom('recipients')
    .select('id')
    .where('id', '=', recipientId)
    .executeTakeFirst()
  if (person === undefined) return 'unknown'
  if ((await deliveriesOf(db, recipientId, { limit: 1 })).length > 0) return 'unfinished'
  const places = await placesOf(db, recipientId)
  await dropFactsFrom(db, places)
  for (const { channel, address } of places) await dropWhatWaits(db, { channel, address })
  await rememberRefusals(db, recipientId, now)
  await db.deleteFrom('connect_links').where('recipient_id', '=', recipientId).execute()
  await db.deleteFrom('preference_links').where('recipient_id', '=', recipientId).execute()
  await db.deleteFrom('routes').where('recipient_id', '=', recipientId).execute()
  const { numDeletedRows } = await db
    .deleteFrom('recipients')
    .where('id', '=', recipientId)
    .executeTakeFirstOrThrow()
  // Another process may have been faster.
  return numDeletedRows > 0 ? 'forgotten' : 'unknown'
}

/** Answers to be clarified, and messages of an inbox whose deliveries are gone. */
async function dropWhatWaits(db: Kysely<Database>, { channel, address }: ChannelAddress): Promise<void> {
  for (const table of ['clarifications', 'inbox_items'] as const)
    await db.deleteFrom(table).where('channel', '=', channel).where('address', '=', address).execute()
}

/** A route that said stop is gone with its person; that it did is remembered by its address alone. */
async function rememberRefusals(db: Kysely<Database>, recipientId: string, now: Date): Promise<void> {
  const routes: readonly Row<'routes'>[] = await db
    .selectFrom('routes')
    .selectAll()
    .where('recipient_id', '=', recipientId)
    .execute()
  for (const { id, channel, address, state } of routes) {
    const reason = remembered[state]
    if (reason === undefined) continue
    await db
      .insertInto('suppressions')
      // The id of the route is free now, and tells nothing.
      .values({ id, channel, address, category: '', reason, source: 'host', at: toMoment(now) })
      .onConflict((conflict) => conflict.columns(['channel', 'address', 'category']).doNothing())
      .execute()
  }
}
