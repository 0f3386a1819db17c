import type { ClaimedPosting, PostingOutcome, WebhookStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import {
  toDomainEvent,
  toMoment,
  toMomentOrNull,
  toWebhookEndpoint,
  toWebhookPosting,
  toWebhookSecrets,
  type Row,
} from './rows.ts'

/** What is done with postings on their way. */
type PostingWork = Pick<WebhookStore, 'waiting' | 'claimDue' | 'settle' | 'prune' | 'postings'>

/** Postings from their making to their end. */
export function webhookPostings({ db, run }: Connection, lockRows: boolean): PostingWork {
  const dueOf = async (endpointId: string, limit: number, now: Date): Promise<readonly string[]> => {
    let query = db
      .selectFrom('webhook_postings')
      .select('id')
      .where('endpoint_id', '=', endpointId)
      .where('due_at', '<=', toMoment(now))
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit)
    if (lockRows) query = query.forUpdate().skipLocked()
    return (await query.execute()).map(({ id }) => id)
  }

  const lease = (ids: readonly string[], now: Date, until: Date) =>
    inPortions(ids, (portion) =>
      db
        .updateTable('webhook_postings')
        .set(({ eb }) => ({
          due_at: toMoment(until),
          tries: eb('tries', '+', 1),
          updated_at: toMoment(now),
        }))
        .where('id', 'in', portion)
        .returningAll()
        .execute(),
    )

  const endpointsOf = async (
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, Row<'webhook_endpoints'>>> => {
    const rows = await inPortions(ids, (portion) =>
      db.selectFrom('webhook_endpoints').selectAll().where('id', 'in', portion).execute(),
    )
    return new Map(rows.map((row) => [row.id, row]))
  }

  const eventsOf = async (cursors: readonly number[]): Promise<ReadonlyMap<number, Row<'outbox'>>> => {
    const rows = await inPortions(cursors, (portion) =>
      db.selectFrom('outbox').selectAll().where('cursor', 'in', portion).execute(),
    )
    return new Map(rows.map((row) => [Number(row.cursor), row]))
  }

  /** Without its event a posting has nothing to tell. */
  const giveUp = (ids: readonly string[], now: Date) =>
    inPortions(ids, (portion) =>
      db
        .updateTable('webhook_postings')
        .set({
          state: 'failed',
          due_at: null,
          last_error: 'the event is not kept any more',
          updated_at: toMoment(now),
        })
        .where('id', 'in', portion)
        .execute(),
    )

  const write = async (
    { endpointId: _endpointId, id: _id, ...end }: PostingOutcome,
    ids: readonly string[],
    now: Date,
  ): Promise<void> => {
    await inPortions(ids, (portion) => {
      const ended = db
        .updateTable('webhook_postings')
        .set({
          state: end.state,
          due_at: toMomentOrNull(end.dueAt),
          last_status: end.lastStatus,
          last_error: end.lastError,
          updated_at: toMoment(now),
        })
        .where('id', 'in', portion)
        .where('state', '=', 'pending')
      // What was taken was taken, whoever has claimed it since.
      return (end.state === 'delivered' ? ended : ended.where('tries', '=', end.tries)).execute()
    })
  }

  const markWorking = (ids: readonly string[]) =>
    inPortions(ids, (portion) =>
      db
        .updateTable('webhook_endpoints')
        .set({ failing_since: null })
        .where('id', 'in', portion)
        .where('failing_since', 'is not', null)
        .execute(),
    )

  const markFailing = (ids: readonly string[], now: Date) =>
    inPortions(ids, (portion) =>
      db
        .updateTable('webhook_endpoints')
        .set(({ fn, ref, val }) => ({ failing_since: fn.coalesce(ref('failing_since'), val(toMoment(now))) }))
        .where('id', 'in', portion)
        .returningAll()
        .execute(),
    )

  return {
    waiting: () =>
      run(async () => {
        const rows = await db
          .selectFrom('webhook_endpoints')
          .select(({ selectFrom }) => [
            'id',
            'failing_since',
            selectFrom('webhook_postings')
              .select(({ fn }) => fn.min('due_at').as('due'))
              .whereRef('endpoint_id', '=', 'webhook_endpoints.id')
              .where('due_at', 'is not', null)
              .as('due_at'),
          ])
          .where('state', '=', 'enabled')
          .orderBy('id')
          .execute()
        return rows.map((row) => ({
          endpointId: row.id,
          failingSince: row.failing_since === null ? null : new Date(row.failing_since),
          dueAt: row.due_at === null ? null : new Date(row.due_at),
        }))
      }),
    claimDue: ({ shares, now, leaseUntil }) =>
      run(async () => {
        const ids: string[] = []
        for (const [endpointId, share] of shares) ids.push(...(await dueOf(endpointId, share, now)))
        const rows = await lease(ids, now, leaseUntil)
        const endpoints = await endpointsOf([...new Set(rows.map((row) => row.endpoint_id))])
        const events = await eventsOf([...new Set(rows.map((row) => Number(row.cursor)))])
        const claimed = rows.map((row) => claimOf(row, endpoints, events))
        await giveUp(
          rows.filter((_, index) => claimed[index] === undefined).map(({ id }) => id),
          now,
        )
        return claimed
          .filter((one) => one !== undefined)
          .toSorted((one, other) => one.posting.cursor - other.posting.cursor)
      }),
    settle: (outcomes, now) =>
      run(async () => {
        for (const alike of Object.values(Object.groupBy(outcomes, endOf)))
          if (alike?.[0] !== undefined)
            await write(
              alike[0],
              alike.map(({ id }) => id),
              now,
            )
        const working = new Set(
          outcomes.filter(({ state }) => state === 'delivered').map(({ endpointId }) => endpointId),
        )
        await markWorking([...working])
        const failing = new Set(outcomes.map(({ endpointId }) => endpointId).filter((id) => !working.has(id)))
        return (await markFailing([...failing], now)).map(toWebhookEndpoint)
      }),
    prune: (endedBefore, limit) =>
      run(async () => {
        const { numDeletedRows } = await db
          .deleteFrom('webhook_postings')
          .where('id', 'in', (all) =>
            all
              .selectFrom('webhook_postings')
              .select('id')
              .where('due_at', 'is', null)
              .where('updated_at', '<', toMoment(endedBefore))
              .orderBy('updated_at')
              .limit(limit),
          )
          .executeTakeFirstOrThrow()
        return Number(numDeletedRows)
      }),
    postings: ({ endpointId, state }, { after, limit }) =>
      run(async () => {
        let query = db
          .selectFrom('webhook_postings')
          .selectAll()
          .where('endpoint_id', '=', endpointId)
          .orderBy('id', 'desc')
          .limit(limit)
        if (state !== undefined) query = query.where('state', '=', state)
        if (after !== undefined) query = query.where('id', '<', after)
        return (await query.execute()).map(toWebhookPosting)
      }),
  }
}

/** Outcomes that are written by one statement. */
function endOf({ state, dueAt, lastStatus, lastError, tries }: PostingOutcome): string {
  return JSON.stringify([state, dueAt, lastStatus, lastError, state === 'delivered' ? null : tries])
}

function claimOf(
  row: Row<'webhook_postings'>,
  endpoints: ReadonlyMap<string, Row<'webhook_endpoints'>>,
  events: ReadonlyMap<number, Row<'outbox'>>,
): ClaimedPosting | undefined {
  const endpoint = endpoints.get(row.endpoint_id)
  const event = events.get(Number(row.cursor))
  if (endpoint === undefined || event === undefined) return undefined
  return {
    posting: toWebhookPosting(row),
    endpoint: toWebhookEndpoint(endpoint),
    secrets: toWebhookSecrets(endpoint),
    event: toDomainEvent(event),
  }
}
