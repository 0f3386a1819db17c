import type { MessageStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import { toMessage, toMoment, toRescheduled } from './rows.ts'

/** The parts of the message store every message passes through; written per database, since they are the hot path. */
type MessageWork = Pick<MessageStore, 'insert' | 'byIds' | 'byKeys'>

/**
 * What is asked of messages off the hot path.
 * @param lockRows adds the database's own row lock to `lock`; SQLite's write transactions already exclude each other
 */
export function messageReader(
  { db, run }: Connection,
  lockRows: boolean,
): Omit<MessageStore, keyof MessageWork> {
  const byId = async (id: string, isLocked: boolean) => {
    const query = db.selectFrom('messages').selectAll().where('id', '=', id)
    const row = await (isLocked ? query.forUpdate() : query).executeTakeFirst()
    return row === undefined ? undefined : toMessage(row)
  }
  return {
    byId: (id) => run(() => byId(id, false)),
    lock: (id) => run(() => byId(id, lockRows)),
    hold: (id) =>
      run(async () => {
        if (lockRows) await db.selectFrom('messages').select('id').where('id', '=', id).forShare().execute()
      }),
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
