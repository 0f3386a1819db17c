import type { MessageStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toMessage } from './rows.ts'

/** The parts of the message store every message passes through; written per database, since they are the hot path. */
type MessageWork = Pick<MessageStore, 'insert' | 'byIds' | 'byKeys'>

/** What is asked of messages off the hot path. */
export function messageReader({ db, run }: Connection): Omit<MessageStore, keyof MessageWork> {
  return {
    byId: (id) =>
      run(async () => {
        const row = await db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst()
        return row === undefined ? undefined : toMessage(row)
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
