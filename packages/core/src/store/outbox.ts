import type { Outbox } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toDomainEvent } from './rows.ts'

/** The reading half of the outbox; appending is written per database, since it is on the hot path. */
export function outboxReader({ db, run }: Connection): Omit<Outbox, 'append'> {
  return {
    after: (cursor, limit, invitationId) =>
      run(async () => {
        let query = db
          .selectFrom('outbox')
          .selectAll()
          .where('cursor', '>', cursor)
          .orderBy('cursor')
          .limit(limit)
        if (invitationId !== undefined) query = query.where('invitation_id', '=', invitationId)
        return (await query.execute()).map(toDomainEvent)
      }),
    last: () =>
      run(async () => {
        const row = await db
          .selectFrom('outbox')
          .select(({ fn }) => fn.max('cursor').as('last'))
          .executeTakeFirst()
        return Number(row?.last ?? 0)
      }),
  }
}
