import type { LinkStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toLink, toMoment } from './rows.ts'

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
  }
}
