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
    openByAddress: ({ channel, address }, limit) =>
      run(async () => {
        // Accepted attempts on this channel of pending invitations whose recipient has this address, newest question first.
        const rows = await db
          .selectFrom('invitations')
          .innerJoin('deliveries', 'deliveries.invitation_id', 'invitations.id')
          .innerJoin('attempts', 'attempts.delivery_id', 'deliveries.id')
          .select([
            'invitations.id as invitation_id',
            'deliveries.id as delivery_id',
            'deliveries.plan',
            'attempts.position',
          ])
          .where('invitations.state', '=', 'pending')
          .where('attempts.channel', '=', channel)
          .where('attempts.state', 'in', ['accepted', 'unknown', 'started'])
          .where('deliveries.plan', 'like', `%${JSON.stringify(address).replaceAll(/[%_]/g, '_')}%`)
          .orderBy('invitations.id', 'desc')
          .limit(limit * 10)
          .execute()
        const matching = rows.filter(
          (row) => (JSON.parse(row.plan) as { address: string }[])[row.position]?.address === address,
        )
        const byInvitation = new Map(
          matching.map((row) => [
            row.invitation_id,
            { invitationId: row.invitation_id, deliveryId: row.delivery_id },
          ]),
        )
        return [...byInvitation.values()].slice(0, limit)
      }),
  }
}
