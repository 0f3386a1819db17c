import type { DeliveryState } from '../model/delivery.ts'
import { lanes, type Lane } from '../model/lane.ts'
import type { ClaimedDelivery, ClaimRequest, NextDue } from '../ports/store.ts'
import type { Executor, Statement } from './postgres-session.ts'
import { toDelivery, toMoment, type Row } from './rows.ts'

/** Takes due deliveries. */
export interface PostgresClaims {
  /** @param locked deliveries another transaction of the same group has locked; they are left alone */
  claimDue(request: ClaimRequest, locked: readonly string[]): Promise<readonly ClaimedDelivery[]>
  claimNamed(
    request: Omit<ClaimRequest, 'lane' | 'limit'> & { readonly ids: readonly string[] },
  ): Promise<readonly ClaimedDelivery[]>
  claimAbandoned(request: Omit<ClaimRequest, 'channel' | 'lane'>): Promise<readonly ClaimedDelivery[]>
  heartbeat(worker: string, leaseUntil: Date): Promise<void>
  nextDue(channels: readonly string[]): Promise<readonly NextDue[]>
}

/** Where claims of a channel and lane last found something; shared by the connections of a store. */
export type ClaimMemory = Map<string, { from: string; looks: number }>

/** Every so many looks that begin where the last one found something, one begins at the front. */
const looksBetweenFull = 200

/**
 * Takes the rows that `found` names. The first send turns a waiting delivery into one under way.
 * @param found a query for ids; rows others have locked are passed over, never waited for
 */
function taking(name: string, found: string): Statement {
  return {
    name,
    text: `
      WITH found AS MATERIALIZED (${found} FOR UPDATE SKIP LOCKED)
      UPDATE deliveries d
      SET lease_token = d.lease_token + 1, lease_worker = $1, lease_until = $2,
          state = CASE WHEN d.step = 'send' AND d.state IN ('planned', 'held', 'queued') THEN 'sending' ELSE d.state END
      FROM found WHERE d.id = found.id
      RETURNING d.*`,
  }
}

const takeDue = taking(
  'claim_due',
  `SELECT id FROM deliveries
   WHERE due_channel = $3 AND due_lane = $4 AND due_at <= $5 AND due_at >= $6 AND lease_until IS NULL
     AND id <> ALL($8::text[])
   ORDER BY due_at, id LIMIT $7`,
)
const takeNamed = taking(
  'claim_named',
  `SELECT id FROM deliveries
   WHERE id = ANY($3::text[]) AND due_channel = $4 AND due_at <= $5 AND lease_until IS NULL`,
)
const takeAbandoned = taking(
  'claim_abandoned',
  `SELECT id FROM deliveries
   WHERE lease_until IS NOT NULL AND lease_until < $3 AND lease_worker <> $1
   ORDER BY lease_until LIMIT $4`,
)
// What is being settled just now is passed over: it needs no longer lease, and waiting for it could go in a circle.
const prolong: Statement = {
  name: 'heartbeat',
  text: `
    UPDATE deliveries SET lease_until = $2
    WHERE id IN (
      SELECT id FROM deliveries WHERE lease_until IS NOT NULL AND lease_worker = $1 ORDER BY id FOR UPDATE SKIP LOCKED
    )`,
}
const findNextDue: Statement = {
  name: 'next_due',
  text: `
    SELECT channel, lane, next.due_at AS due
    FROM unnest($1::text[]) AS asked(channel), unnest($2::int4[]) AS every(lane), LATERAL (
      SELECT due_at FROM deliveries
      WHERE due_channel = asked.channel AND due_lane = every.lane AND due_at IS NOT NULL AND lease_until IS NULL
      ORDER BY due_at LIMIT 1
    ) AS next`,
}

/** Makes the claims; each is one statement, so that nobody comes between reading and writing. */
export function postgresClaims(executor: Executor, memory: ClaimMemory): PostgresClaims {
  const take = async (...[statement, values]: Parameters<typeof executor.query>) => {
    const { rows } = await executor.query<Row<'deliveries'>>(statement, values)
    return rows.toSorted(byDueTime).map(toClaimed)
  }
  const claimFrom = (
    from: string,
    { channel, lane, leaseUntil, limit, now, worker }: ClaimRequest,
    locked: readonly string[],
  ) => take(takeDue, [worker, toMoment(leaseUntil), channel, lane, toMoment(now), from, limit, locked])

  return {
    /**
     * Dead rows of what was claimed before lie at the front of the index until they are vacuumed, which a long transaction
     * elsewhere can prevent for hours: so a look begins where the last one found something.
     */
    async claimDue(request, locked) {
      const place = `${String(request.lane)} ${request.channel}`
      const known = memory.get(place)
      const quick =
        known === undefined || known.looks >= looksBetweenFull
          ? []
          : await claimFrom(known.from, request, locked)
      const isEnough = quick.length === request.limit && known !== undefined
      const left = { ...request, limit: request.limit - quick.length }
      const full = isEnough ? [] : await claimFrom('', left, locked)
      const taken = [...quick, ...full].toSorted(byDueMoment)
      const first = taken.at(-1)?.dueAt
      // Found less than asked for: whatever comes may be due earlier than what was found.
      if (taken.length < request.limit || first === undefined || first === null) memory.delete(place)
      else memory.set(place, { from: toMoment(first), looks: isEnough ? known.looks + 1 : 0 })
      return taken
    },
    claimNamed: ({ channel, ids, leaseUntil, now, worker }) =>
      take(takeNamed, [worker, toMoment(leaseUntil), ids, channel, toMoment(now)]),
    claimAbandoned: ({ leaseUntil, limit, now, worker }) =>
      take(takeAbandoned, [worker, toMoment(leaseUntil), toMoment(now), limit]),
    async heartbeat(worker, leaseUntil) {
      await executor.query(prolong, [worker, toMoment(leaseUntil)])
    },
    async nextDue(channels) {
      const { rows } = await executor.query<NextDueRow>(findNextDue, [channels, lanes])
      return rows.map(({ channel, due, lane }) => ({ channel, lane, at: new Date(due) }))
    },
  }
}

interface NextDueRow {
  readonly channel: string
  readonly lane: Lane
  readonly due: string
}

function toClaimed(row: Row<'deliveries'>): ClaimedDelivery {
  return { ...toDelivery(row), state: row.state as DeliveryState, leaseToken: row.lease_token }
}

function byDueTime(one: Row<'deliveries'>, other: Row<'deliveries'>): number {
  return compare(one.due_at ?? '', other.due_at ?? '') || compare(one.id, other.id)
}

function byDueMoment(one: ClaimedDelivery, other: ClaimedDelivery): number {
  return (one.dueAt?.getTime() ?? 0) - (other.dueAt?.getTime() ?? 0) || compare(one.id, other.id)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
