import type { Kysely } from 'kysely'
import type { Recipient } from '../model/recipient.ts'
import type { Suppression } from '../model/suppression.ts'
import type { RecipientStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import { moveAddress } from './move-address.ts'
import { toMoment, toRecipient, toRoute, toSuppression, type Row } from './rows.ts'
import type { Database } from './schema.ts'
import { upsertPeople } from './upsert-people.ts'

/** The reads every message passes through; written per database, since they are the hot path. */
type RecipientWork = Pick<RecipientStore, 'byExternalIds' | 'byIds' | 'hold' | 'lock' | 'suppressed'>
/** Depends on the database too: see `recipients-by-filter`. */
type FilterWork = Pick<RecipientStore, 'count' | 'page'>

/** People out of their rows, in the same order. */
export async function withRoutes(
  db: Kysely<Database>,
  rows: readonly Row<'recipients'>[],
): Promise<readonly Recipient[]> {
  const ids = rows.map((row) => row.id)
  const routes = await inPortions(ids, (portion) =>
    db
      .selectFrom('routes')
      .selectAll()
      .where('recipient_id', 'in', portion)
      .orderBy('rank')
      .orderBy('id')
      .execute(),
  )
  const byRecipient = Map.groupBy(routes, (route) => route.recipient_id)
  return rows.map((row) => toRecipient(row, (byRecipient.get(row.id) ?? []).map(toRoute)))
}

/** People and their routes, off the hot path. */
export function recipientStore({
  db,
  run,
}: Connection): Omit<RecipientStore, keyof RecipientWork | keyof FilterWork> {
  /** @returns whether it was not suppressed before */
  const suppressOne = async (suppression: Suppression): Promise<boolean> => {
    const { id, channel, address, reason, source, at } = suppression
    const category = suppression.category ?? ''
    for (;;) {
      const inserted = await db
        .insertInto('suppressions')
        .values({ id, channel, address, category, reason, source, at: toMoment(at) })
        .onConflict((conflict) => conflict.columns(['channel', 'address', 'category']).doNothing())
        .returning('channel')
        .executeTakeFirst()
      if (inserted !== undefined) return true
      // Written as it is, so that nobody takes it back before this transaction ends; when somebody just did, it is made anew.
      const kept = await db
        .updateTable('suppressions')
        .set(({ ref }) => ({ reason: ref('reason') }))
        .where('channel', '=', channel)
        .where('address', '=', address)
        .where('category', '=', category)
        .executeTakeFirst()
      if (kept.numUpdatedRows > 0n) return false
    }
  }

  return {
    upsert: (drafts, newId, now) => run(() => upsertPeople(db, drafts, newId, now)),
    list: ({ after, limit }) =>
      run(async () =>
        withRoutes(
          db,
          await db
            .selectFrom('recipients')
            .selectAll()
            .where('id', '>', after ?? '')
            .orderBy('id')
            .limit(limit)
            .execute(),
        ),
      ),
    connectRoute: (recipientId, { channel, address }, newId, now) =>
      run(async () => {
        const connected = { verified: 1, state: 'open' }
        // The person before the routes, as `upsert` does, so that no two wait for each other.
        await db
          .updateTable('recipients')
          .set({ updated_at: toMoment(now) })
          .where('id', '=', recipientId)
          .execute()
        const row = await db
          .insertInto('routes')
          .values(({ fn, lit, selectFrom }) => ({
            id: newId(),
            recipient_id: recipientId,
            channel,
            address,
            rank: selectFrom('routes')
              .select(({ eb }) => eb(fn.coalesce(fn.max('rank'), lit(0)), '+', lit(1)).as('rank'))
              .where('recipient_id', '=', recipientId),
            ...connected,
          }))
          .onConflict((conflict) =>
            conflict.columns(['recipient_id', 'channel', 'address']).doUpdateSet(connected),
          )
          .returningAll()
          .executeTakeFirstOrThrow()
        return toRoute(row)
      }),
    moveAddress: (place, to) => run(() => moveAddress(db, place, to)),
    setRouteState: ({ channel, address }, state) =>
      run(async () => {
        await db
          .updateTable('routes')
          .set({ state })
          .where('channel', '=', channel)
          .where('address', '=', address)
          .execute()
      }),
    suppress: (suppressions) =>
      run(async () => {
        const fresh: Suppression[] = []
        for (const suppression of suppressions) if (await suppressOne(suppression)) fresh.push(suppression)
        return fresh
      }),
    unsuppress: ({ channel, address, category }) =>
      run(async () => {
        await db
          .deleteFrom('suppressions')
          .where('channel', '=', channel)
          .where('address', '=', address)
          .where('category', '=', category ?? '')
          .execute()
      }),
    suppressions: ({ channel, category, reason, source }, { after, limit }) =>
      run(async () => {
        const rows = await db
          .selectFrom('suppressions')
          .selectAll()
          .where('id', '>', after ?? '')
          .$if(channel !== undefined, (query) => query.where('channel', '=', channel ?? ''))
          .$if(category !== undefined, (query) => query.where('category', '=', category ?? ''))
          .$if(reason !== undefined, (query) => query.where('reason', '=', reason ?? ''))
          .$if(source !== undefined, (query) => query.where('source', '=', source ?? ''))
          .orderBy('id')
          .limit(limit)
          .execute()
        return rows.map(toSuppression)
      }),
    setPreferences: (recipientId, { preferences, zone }, now) =>
      run(async () => {
        await db
          .updateTable('recipients')
          .set({
            preferences: JSON.stringify(preferences),
            zone: zone ?? null,
            updated_at: toMoment(now),
          })
          .where('id', '=', recipientId)
          .execute()
      }),
  }
}
