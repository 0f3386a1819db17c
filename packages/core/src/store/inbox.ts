import type { ChannelAddress, InboxFilter, InboxStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import { toInboxItem, toMoment, type Row } from './rows.ts'

/** Items of an inbox that are marked by one statement when all of it is marked. */
const markedAtOnce = 500

/** Every message of an inbox passes through it, so adding is written per database. */
type InboxWork = Pick<InboxStore, 'add'>

/** What is read and marked in inboxes within the host app. */
export function inboxReader({ db, run }: Connection): Omit<InboxStore, keyof InboxWork> {
  const itemsOf = ({ channel, address, only }: InboxFilter) => {
    const items = db.selectFrom('inbox_items').where('channel', '=', channel).where('address', '=', address)
    if (only === 'unread') return items.where('read_at', 'is', null)
    if (only === 'unacknowledged') return items.where('acknowledged_at', 'is', null)
    return items
  }

  /** Marks those of the items that belong to this inbox and were not marked so before. */
  const markItems = (
    { channel, address }: ChannelAddress,
    ids: readonly string[],
    mark: 'read' | 'acknowledged',
    now: Date,
  ): Promise<readonly Row<'inbox_items'>[]> => {
    const at = toMoment(now)
    return db
      .updateTable('inbox_items')
      .set(({ fn, ref, val }) => ({
        read_at: fn.coalesce(ref('read_at'), val(at)),
        ...(mark === 'acknowledged' && { acknowledged_at: at }),
      }))
      .where('id', 'in', ids)
      .where('channel', '=', channel)
      .where('address', '=', address)
      .where(mark === 'read' ? 'read_at' : 'acknowledged_at', 'is', null)
      .returningAll()
      .execute()
  }

  const markAll = async (
    whose: ChannelAddress,
    mark: 'read' | 'acknowledged',
    now: Date,
  ): Promise<readonly Row<'inbox_items'>[]> => {
    const changed: Row<'inbox_items'>[] = []
    const open = itemsOf({ ...whose, only: mark === 'read' ? 'unread' : 'unacknowledged' })
      .select('id')
      .orderBy('id', 'desc')
      .limit(markedAtOnce)
    for (;;) {
      const ids = (await open.execute()).map(({ id }) => id)
      if (ids.length > 0) changed.push(...(await markItems(whose, ids, mark, now)))
      if (ids.length < markedAtOnce) return changed
    }
  }

  return {
    list: (filter, { after, limit }) =>
      run(async () => {
        let query = itemsOf(filter).selectAll().orderBy('id', 'desc').limit(limit)
        if (after !== undefined) query = query.where('id', '<', after)
        return (await query.execute()).map(toInboxItem)
      }),
    count: (filter) =>
      run(async () => {
        const row = await itemsOf(filter)
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow()
        return Number(row.count)
      }),
    byIds: (whose, ids) =>
      run(async () =>
        (
          await inPortions(ids, (portion) => itemsOf(whose).selectAll().where('id', 'in', portion).execute())
        ).map(toInboxItem),
      ),
    mark: (whose, ids, mark, now) =>
      run(async () => {
        const rows =
          ids === 'all'
            ? await markAll(whose, mark, now)
            : await inPortions(ids, (portion) => markItems(whose, portion, mark, now))
        return rows.toSorted((one, other) => (one.id < other.id ? 1 : -1)).map(toInboxItem)
      }),
  }
}
