import type { MessageStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import { toMessage } from './rows.ts'

/** The reading half of messages; inserting is written per database, since it is on the hot path. */
export function messageReader({ db, run }: Connection): Omit<MessageStore, 'insert'> {
  return {
    byId: (id) =>
      run(async () => {
        const row = await db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst()
        return row === undefined ? undefined : toMessage(row)
      }),
    byIds: (ids) =>
      run(async () =>
        (
          await inPortions(ids, (portion) =>
            db.selectFrom('messages').selectAll().where('id', 'in', portion).execute(),
          )
        ).map(toMessage),
      ),
    byKeys: (keys) =>
      run(async () => {
        const rows = await inPortions(keys, (portion) =>
          db.selectFrom('messages').select(['id', 'key', 'request']).where('key', 'in', portion).execute(),
        )
        return rows.map((row) => ({ key: row.key ?? '', messageId: row.id, request: row.request ?? '' }))
      }),
    list: ({ after, limit }) =>
      run(async () => {
        // Newest first: what an operator looks for. `after` is the last id of the page before.
        let query = db.selectFrom('messages').selectAll().orderBy('id', 'desc').limit(limit)
        if (after !== undefined) query = query.where('id', '<', after)
        return (await query.execute()).map(toMessage)
      }),
  }
}
