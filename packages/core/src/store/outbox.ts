import type { Outbox } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { outboxTurns } from './outbox-turns.ts'
import { toDomainEvent } from './rows.ts'

/** The reading half of the outbox; appending is written per database, since it is on the hot path. */
export function outboxReader(connection: Connection): Omit<Outbox, 'append'> {
  const { db, run } = connection
  const next = (cursor: number, limit: number) =>
    db.selectFrom('outbox').selectAll().where('cursor', '>', cursor).orderBy('cursor').limit(limit)

  /**
   * What a topic carries, an index each for the person's and for its own: one of them alone would read through everybody's. In
   * one statement, so that both are read as of one moment: a reader goes on from the last cursor and would miss what was
   * written between two.
   */
  const ofTopic = (cursor: number, limit: number, topic: string, recipientId: string) =>
    db
      .selectFrom(next(cursor, limit).where('topic', '=', topic).as('published'))
      .selectAll()
      // Not "union all": an event may be both.
      .union(db.selectFrom(next(cursor, limit).where('recipient_id', '=', recipientId).as('own')).selectAll())
      .orderBy('cursor')
      .limit(limit)

  return {
    after: (cursor, limit, filter) =>
      run(async () => {
        if (filter === undefined) return (await next(cursor, limit).execute()).map(toDomainEvent)
        if ('invitationId' in filter) {
          const ofOne = next(cursor, limit).where('invitation_id', '=', filter.invitationId)
          return (await ofOne.execute()).map(toDomainEvent)
        }
        const { topic, recipientId } = filter
        const carried =
          recipientId === null
            ? next(cursor, limit).where('topic', '=', topic)
            : ofTopic(cursor, limit, topic, recipientId)
        return (await carried.execute()).map(toDomainEvent)
      }),
    last: () =>
      run(async () => {
        const row = await db
          .selectFrom('outbox')
          .select(({ fn }) => fn.max('cursor').as('last'))
          .executeTakeFirst()
        return Number(row?.last ?? 0)
      }),
    ...outboxTurns(connection),
  }
}
