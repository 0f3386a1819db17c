import type { Outbox, ReaderTurn } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toMoment } from './rows.ts'

/** How readers of the outbox of whom there is one at a time remember where they are. */
export function outboxTurns({ db, run }: Connection): Pick<Outbox, 'takeTurn' | 'readTo'> {
  const placeOf = async (reader: string): Promise<number | undefined> => {
    const row = await db
      .selectFrom('outbox_readers')
      .select('cursor')
      .where('name', '=', reader)
      .executeTakeFirst()
    return row === undefined ? undefined : Number(row.cursor)
  }

  const newestCursor = db
    .selectFrom('outbox')
    .select(({ fn, lit }) => fn.coalesce(fn.max('cursor'), lit(0)).as('newest'))
  const beginBehindTheNewest = (reader: string) =>
    db
      .insertInto('outbox_readers')
      .values({ name: reader, cursor: newestCursor })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute()

  /** In one statement, so that of two who want the turn one gets it. */
  const take = async ({
    reader,
    holder,
    now,
    until,
    readTo = 0,
  }: ReaderTurn): Promise<number | undefined> => {
    const row = await db
      .updateTable('outbox_readers')
      .set(({ eb, ref }) => ({
        holder,
        held_until: toMoment(until),
        cursor: eb.case().when('cursor', '<', readTo).then(readTo).else(ref('cursor')).end(),
      }))
      .where('name', '=', reader)
      .where(({ eb, or }) =>
        or([eb('holder', 'is', null), eb('holder', '=', holder), eb('held_until', '<=', toMoment(now))]),
      )
      .returning('cursor')
      .executeTakeFirst()
    return row === undefined ? undefined : Number(row.cursor)
  }

  return {
    readTo: (reader) => run(() => placeOf(reader)),
    takeTurn: (turn) =>
      run(async () => {
        const taken = await take(turn)
        if (taken !== undefined || (await placeOf(turn.reader)) !== undefined) return taken
        await beginBehindTheNewest(turn.reader)
        return take(turn)
      }),
  }
}
