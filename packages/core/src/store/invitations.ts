import type { InvitationStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toInvitation, toMoment, toMomentOrNull, toResponse } from './rows.ts'

/**
 * Questions and answers, less the one read that is on the hot path and is written per database.
 * @param lockRows adds the database's own row lock to a read; SQLite's write transactions already exclude each other
 */
export function invitationStore({ db, run }: Connection, lockRows: boolean): Omit<InvitationStore, 'byIds'> {
  const byId = async (id: string, isLocked: boolean) => {
    let query = db.selectFrom('invitations').selectAll().where('id', '=', id)
    if (isLocked) query = query.forUpdate()
    const row = await query.executeTakeFirst()
    return row === undefined ? undefined : toInvitation(row)
  }
  return {
    byId: (id) => run(() => byId(id, false)),
    lock: (id) => run(() => byId(id, lockRows)),
    byMessage: (messageId, { after, limit }) =>
      run(async () => {
        const rows = await db
          .selectFrom('invitations')
          .selectAll()
          .where('message_id', '=', messageId)
          .where('id', '>', after ?? '')
          .orderBy('id')
          .limit(limit)
          .execute()
        return rows.map(toInvitation)
      }),
    list: ({ messageId, state }, { after, limit }) =>
      run(async () => {
        let query = db
          .selectFrom('invitations')
          .selectAll()
          .where('id', '>', after ?? '')
          .orderBy('id')
          .limit(limit)
        if (messageId !== undefined) query = query.where('message_id', '=', messageId)
        if (state !== undefined) query = query.where('state', '=', state)
        return (await query.execute()).map(toInvitation)
      }),
    update: (patch) =>
      run(async () => {
        await db
          .updateTable('invitations')
          .set({
            state: patch.state,
            revision: patch.revision,
            value: patch.revision === 0 ? null : JSON.stringify(patch.value),
            via: patch.via,
            answered_at: toMomentOrNull(patch.answeredAt),
            closed_at: toMomentOrNull(patch.closedAt),
          })
          .where('id', '=', patch.id)
          .execute()
      }),
    appendResponse: (response) =>
      run(async () => {
        await db
          .insertInto('responses')
          .values({
            id: response.id,
            invitation_id: response.invitationId,
            delivery_id: response.deliveryId,
            status: response.status,
            revision: response.revision,
            value: JSON.stringify(response.value),
            via: response.via,
            provisional: response.provisional ? 1 : 0,
            at: toMoment(response.at),
          })
          .execute()
      }),
    responses: (invitationId) =>
      run(async () =>
        (
          await db
            .selectFrom('responses')
            .selectAll()
            .where('invitation_id', '=', invitationId)
            .orderBy('id')
            .execute()
        ).map(toResponse),
      ),
    byAddress: ({ channel, address }, { states, limit }) =>
      run(async () => {
        // Ids sort by time of creation, so the highest are the newest.
        let query = db
          .selectFrom('attempts')
          .innerJoin('deliveries', 'deliveries.id', 'attempts.delivery_id')
          .innerJoin('invitations', 'invitations.id', 'deliveries.invitation_id')
          .select(({ fn }) => ['invitations.id as invitationId', fn.max('deliveries.id').as('deliveryId')])
          .where('attempts.channel', '=', channel)
          .where('attempts.address', '=', address)
          .where('attempts.state', 'in', ['accepted', 'unknown', 'started'])
          .groupBy('invitations.id')
          .orderBy('invitations.id', 'desc')
          .limit(limit)
        if (states !== undefined) query = query.where('invitations.state', 'in', states)
        return query.execute()
      }),
  }
}
