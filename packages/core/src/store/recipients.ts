import { noPreferences } from '../model/preference.ts'
import type { RecipientDraft } from '../model/recipient.ts'
import type { RecipientStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import { toMoment, toRecipient, toRoute, toSuppression, type Row } from './rows.ts'

const noPreferencesText = JSON.stringify(noPreferences)

/** People and their routes. */
export function recipientStore({ db, run }: Connection): RecipientStore {
  const withRoutes = async (rows: readonly Row<'recipients'>[]) => {
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

  const upsertOne = async (draft: RecipientDraft, newId: () => string, now: Date): Promise<string> => {
    const at = toMoment(now)
    const changed = {
      ...(draft.name !== undefined && { name: draft.name }),
      ...(draft.locale !== undefined && { locale: draft.locale }),
      ...(draft.zone !== undefined && { zone: draft.zone }),
      ...(Object.keys(draft.attributes).length > 0 && { attributes: JSON.stringify(draft.attributes) }),
      ...(draft.preferences !== undefined && { preferences: JSON.stringify(draft.preferences) }),
      updated_at: at,
    }
    const { id } = await db
      .insertInto('recipients')
      .values({
        id: newId(),
        external_id: draft.externalId,
        name: null,
        locale: null,
        zone: null,
        attributes: '{}',
        preferences: noPreferencesText,
        created_at: at,
        ...changed,
      })
      .onConflict((conflict) => conflict.column('external_id').doUpdateSet(changed))
      .returning('id')
      .executeTakeFirstOrThrow()
    if (draft.routes !== undefined) await replaceRoutes(id, draft.routes, newId)
    return id
  }

  const replaceRoutes = async (
    recipientId: string,
    routes: NonNullable<RecipientDraft['routes']>,
    newId: () => string,
  ): Promise<void> => {
    const before = await db.selectFrom('routes').selectAll().where('recipient_id', '=', recipientId).execute()
    await db.deleteFrom('routes').where('recipient_id', '=', recipientId).execute()
    if (routes.length === 0) return
    const distinct = [
      ...new Map(routes.map((route) => [`${route.channel} ${route.address}`, route])).values(),
    ]
    await db
      .insertInto('routes')
      .values(
        distinct.map((route) => {
          const known = before.find((row) => row.channel === route.channel && row.address === route.address)
          const isShut = known !== undefined && (known.state === 'opted_out' || known.state === 'bounced')
          return {
            id: known?.id ?? newId(),
            recipient_id: recipientId,
            channel: route.channel,
            address: route.address,
            rank: route.rank,
            verified: route.verified ? 1 : (known?.verified ?? 0),
            state: isShut && route.state === 'open' ? known.state : route.state,
          }
        }),
      )
      .execute()
  }

  return {
    upsert: (drafts, newId, now) =>
      run(async () => {
        const ids: string[] = []
        for (const draft of drafts) ids.push(await upsertOne(draft, newId, now))
        return ids
      }),
    byExternalIds: (externalIds) =>
      run(async () =>
        withRoutes(
          await inPortions(externalIds, (portion) =>
            db.selectFrom('recipients').selectAll().where('external_id', 'in', portion).execute(),
          ),
        ),
      ),
    byIds: (ids) =>
      run(async () =>
        withRoutes(
          await inPortions(ids, (portion) =>
            db.selectFrom('recipients').selectAll().where('id', 'in', portion).execute(),
          ),
        ),
      ),
    list: ({ after, limit }) =>
      run(async () =>
        withRoutes(
          await db
            .selectFrom('recipients')
            .selectAll()
            .where('id', '>', after ?? '')
            .orderBy('id')
            .limit(limit)
            .execute(),
        ),
      ),
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
        for (const { channel, address, reason, at } of suppressions) {
          await db
            .insertInto('suppressions')
            .values({ channel, address, reason, at: toMoment(at) })
            .onConflict((conflict) => conflict.columns(['channel', 'address']).doNothing())
            .execute()
        }
      }),
    unsuppress: ({ channel, address }) =>
      run(async () => {
        await db
          .deleteFrom('suppressions')
          .where('channel', '=', channel)
          .where('address', '=', address)
          .execute()
      }),
    suppressed: (addresses) =>
      run(async () => {
        const rows = await inPortions([...new Set(addresses.map(({ address }) => address))], (portion) =>
          db.selectFrom('suppressions').selectAll().where('address', 'in', portion).execute(),
        )
        const wanted = new Set(addresses.map(({ channel, address }) => `${channel} ${address}`))
        return rows.filter((row) => wanted.has(`${row.channel} ${row.address}`)).map(toSuppression)
      }),
  }
}
