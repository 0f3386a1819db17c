import type { MessageStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import { toMessage, toMoment, toRescheduled } from './rows.ts'

/** The parts of the message store every message passes through; written per database, since they are the hot path. */
type MessageWork = Pick<MessageStore, 'insert' | 'byId' | 'byIds' | 'byKeys' | 'lock' | 'hold'>

/** What is asked of messages off the hot path. */
export function messageReader({ db, run }: Connection): Omit<MessageStore, keyof MessageWork> {
  return {
    list: ({ after, limit }) =>
      run(async () => {
        // Newest first: what an operator looks for. `after` is the last id of the page before.
        let query = db.selectFrom('messages').selectAll().orderBy('id', 'desc').limit(limit)
        if (after !== undefined) query = query.where('id', '<', after)
        return (await query.execute()).map(toMessage)
      }),
    reschedule: (messageId, { entry, sequence }, now) =>
      run(async () => {
        const changed = { entry: JSON.stringify(entry), sequence, at: toMoment(now) }
        await db
          .insertInto('rescheduled')
          .values({ message_id: messageId, ...changed })
          .onConflict((conflict) => conflict.column('message_id').doUpdateSet(changed))
          .execute()
      }),
    rescheduled: (messageIds) =>
      run(async () => {
        const rows = await inPortions(messageIds, (portion) =>
          db.selectFrom('rescheduled').selectAll().where('message_id', 'in', portion).execute(),
        )
        return new Map(rows.map((row) => [row.message_id, toRescheduled(row)]))
      }),
  }
}
