import type { LinkStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toConnectLink, toLink, toMoment, toMomentOrNull, toPreferenceLink } from './rows.ts'

/** The reading half of links; issuing is written per database, since it is on the hot path. */
export function linkReader({ db, run }: Connection): Omit<LinkStore, 'issue'> {
  return {
    byHash: (hash) =>
      run(async () => {
        const row = await db
          .selectFrom('response_links')
          .selectAll()
          .where('hash', '=', hash)
          .executeTakeFirst()
        return row === undefined ? undefined : toLink(row)
      }),
    revoke: (deliveryId, now) =>
      run(async () => {
        await db
          .updateTable('response_links')
          .set({ revoked_at: toMoment(now) })
          .where('delivery_id', '=', deliveryId)
          .where('revoked_at', 'is', null)
          .execute()
      }),
    issueConnect: (link) =>
      run(async () => {
        await db
          .insertInto('connect_links')
          .values({
            hash: link.hash,
            recipient_id: link.recipientId,
            channel: link.channel,
            expires_at: toMoment(link.expiresAt),
            used_at: toMomentOrNull(link.usedAt),
            used_by: link.usedBy,
            created_at: toMoment(link.createdAt),
          })
          .execute()
      }),
    connectByHash: (hash) =>
      run(async () => {
        const row = await db
          .selectFrom('connect_links')
          .selectAll()
          .where('hash', '=', hash)
          .executeTakeFirst()
        return row === undefined ? undefined : toConnectLink(row)
      }),
    useConnect: (hash, usedBy, now) =>
      run(async () => {
        await db
          .updateTable('connect_links')
          .set({ used_at: toMoment(now), used_by: usedBy })
          .where('hash', '=', hash)
          .where('used_at', 'is', null)
          .execute()
      }),
    issuePreferences: ({ hash, recipientId, expiresAt, createdAt }) =>
      run(async () => {
        await db
          .deleteFrom('preference_links')
          .where('recipient_id', '=', recipientId)
          .where('expires_at', '<=', toMoment(createdAt))
          .execute()
        await db
          .insertInto('preference_links')
          .values({
            hash,
            recipient_id: recipientId,
            expires_at: toMoment(expiresAt),
            created_at: toMoment(createdAt),
          })
          .execute()
      }),
    preferencesByHash: (hash) =>
      run(async () => {
        const row = await db
          .selectFrom('preference_links')
          .selectAll()
          .where('hash', '=', hash)
          .executeTakeFirst()
        return row === undefined ? undefined : toPreferenceLink(row)
      }),
  }
}
