import type { Lane } from '../model/lane.ts'
import type { DeliveryFilter, DeliveryStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import { toAttempt, toDelivery, toMoment } from './rows.ts'
import type { DeliveryCounts } from '../ports/store.ts'

/** The parts of the delivery store that claim and settle; written per database, since they are the hot path. */
export type DeliveryWork = Pick<
  DeliveryStore,
  'claimDue' | 'claimNamed' | 'claimAbandoned' | 'startAttempts' | 'settle' | 'rewrite' | 'nextDue'
>

/**
 * The reading half of deliveries, and what is rarely written.
 * @param lockRows adds the database's own row locks to `lockFree`; SQLite's write transactions already exclude each other
 */
export function deliveryReader(
  { db, run }: Connection,
  lockRows: boolean,
): Omit<DeliveryStore, keyof DeliveryWork> {
  const filtered = (filter: DeliveryFilter) => {
    let query = db.selectFrom('deliveries')
    if (filter.messageId !== undefined) query = query.where('message_id', '=', filter.messageId)
    if (filter.invitationId !== undefined) query = query.where('invitation_id', '=', filter.invitationId)
    if (filter.recipientId !== undefined) query = query.where('recipient_id', '=', filter.recipientId)
    if (filter.state !== undefined) query = query.where('state', '=', filter.state)
    return query
  }
  return {
    heartbeat: (worker, leaseUntil) =>
      run(async () => {
        await db
          .updateTable('deliveries')
          .set({ lease_until: toMoment(leaseUntil) })
          .where('lease_until', 'is not', null)
          .where('lease_worker', '=', worker)
          .execute()
      }),
    byIds: (ids) =>
      run(async () =>
        (
          await inPortions(ids, (portion) =>
            db.selectFrom('deliveries').selectAll().where('id', 'in', portion).execute(),
          )
        ).map(toDelivery),
      ),
    lockFree: (ids) =>
      run(async () =>
        (
          await inPortions(ids, (portion) => {
            const free = db
              .selectFrom('deliveries')
              .selectAll()
              .where('id', 'in', portion)
              .where('lease_until', 'is', null)
            return (lockRows ? free.forUpdate().skipLocked() : free).execute()
          })
        ).map(toDelivery),
      ),
    replan: (plans) =>
      run(async () => {
        for (const { deliveryId, plan } of plans)
          await db
            .updateTable('deliveries')
            .set({ plan: JSON.stringify(plan) })
            .where('id', '=', deliveryId)
            .execute()
      }),
    due: ({ channel, lane, now, limit }) =>
      run(async () =>
        (
          await db
            .selectFrom('deliveries')
            .selectAll()
            .where('due_channel', '=', channel)
            .where('due_lane', '=', lane)
            .where('due_at', '<=', toMoment(now))
            .where('lease_until', 'is', null)
            .orderBy('due_at')
            .orderBy('id')
            .limit(limit)
            .execute()
        ).map(toDelivery),
      ),
    backlog: (now) =>
      run(async () => {
        const at = toMoment(now)
        const rows = await db
          .selectFrom('deliveries')
          .select(({ eb, fn }) => [
            'due_channel',
            'due_lane',
            fn.countAll<number>().as('all'),
            fn.count<number>(eb.case().when('due_at', '<=', at).then(1).end()).as('due'),
            fn.min('due_at').as('oldest'),
          ])
          .where('due_at', 'is not', null)
          .where('lease_until', 'is', null)
          .groupBy(['due_channel', 'due_lane'])
          .execute()
        return rows.map(({ due_channel: channel, due_lane: lane, all, due, oldest }) => ({
          channel,
          lane: lane as Lane,
          due: Number(due),
          later: Number(all) - Number(due),
          oldestDueAt: oldest !== null && oldest <= at ? new Date(oldest) : null,
        }))
      }),
    list: (filter, { after, limit }) =>
      run(async () => {
        const rows = await filtered(filter)
          .selectAll()
          .where('id', '>', after ?? '')
          .orderBy('id')
          .limit(limit)
          .execute()
        return rows.map(toDelivery)
      }),
    counts: (filter) =>
      run(async () => {
        const rows = await filtered(filter)
          .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
          .groupBy('state')
          .execute()
        return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)])) as DeliveryCounts
      }),
    attemptByProviderId: (channel, providerMessageId) =>
      run(async () => {
        const row = await db
          .selectFrom('attempts')
          .selectAll('attempts')
          .where('attempts.channel', '=', channel)
          .where('attempts.provider_message_id', '=', providerMessageId)
          .unionAll(
            db
              .selectFrom('provider_ids')
              .innerJoin('attempts', (join) =>
                join
                  .onRef('attempts.delivery_id', '=', 'provider_ids.delivery_id')
                  .onRef('attempts.number', '=', 'provider_ids.attempt'),
              )
              .selectAll('attempts')
              .where('provider_ids.channel', '=', channel)
              .where('provider_ids.id', '=', providerMessageId),
          )
          .orderBy('started_at', 'desc')
          .orderBy('number', 'desc')
          .limit(1)
          .executeTakeFirst()
        return row === undefined ? undefined : toAttempt(row)
      }),
    attempts: (deliveryId) =>
      run(async () =>
        (
          await db
            .selectFrom('attempts')
            .selectAll()
            .where('delivery_id', '=', deliveryId)
            .orderBy('number')
            .execute()
        ).map(toAttempt),
      ),
  }
}
