import type { LeasedSettlement, Settlement } from '../model/settlement.ts'
import { arraysOf, flag, int, text, unnested, type Column } from './postgres-columns.ts'
import type { Gather } from './postgres-gather.ts'
import type { Executor, Statement } from './postgres-session.ts'
import { toMoment, toMomentOrNull } from './rows.ts'

/** Writes what became of deliveries. */
export interface PostgresProgress {
  settle(settlements: readonly LeasedSettlement[]): Promise<readonly string[]>
  rewrite(settlements: readonly Settlement[]): Promise<readonly string[]>
}

const progressColumns: readonly Column<Settlement>[] = [
  text('state', (settlement) => settlement.state),
  text('reason', (settlement) => settlement.reason),
  int('position', (settlement) => settlement.position),
  text('step', (settlement) => settlement.step),
  text('due_at', (settlement) => toMomentOrNull(settlement.dueAt)),
  text('due_channel', (settlement) => settlement.dueChannel),
  int('due_lane', (settlement) => settlement.dueLane),
  int('attempts', (settlement) => settlement.attempts),
  int('tries', (settlement) => settlement.tries),
  text('route_since', (settlement) => toMomentOrNull(settlement.routeSince)),
  text('accepted_at', (settlement) => toMomentOrNull(settlement.acceptedAt)),
  text('first_accepted_at', (settlement) => toMomentOrNull(settlement.firstAcceptedAt)),
  int('reminders', (settlement) => settlement.reminders),
  flag('doubtful', (settlement) => settlement.doubtful),
  int('crashes', (settlement) => settlement.crashes),
  text('updated_at', (settlement) => toMoment(settlement.updatedAt)),
]

const attemptColumns: readonly Column<Settlement>[] = [
  text('id', (settlement) => settlement.deliveryId),
  int('attempt', ({ attempt }) => attempt?.number ?? null),
  text('attempt_state', ({ attempt }) => attempt?.state ?? null),
  text('provider_message_id', ({ attempt }) => attempt?.providerMessageId ?? null),
]

const givenColumns = [...attemptColumns, ...progressColumns]
const leasedColumns: readonly Column<LeasedSettlement>[] = [
  ...givenColumns,
  int('lease_token', (settlement) => settlement.leaseToken),
]

/** @param guard what must hold of delivery `d` and the `given` row, for it to be written */
function statementOf(name: string, columns: readonly Column<never>[], guard: string): Statement {
  return {
    name,
    text: `
      WITH given AS (SELECT * FROM ${unnested(columns)}),
      written AS (
        UPDATE deliveries d
        SET ${progressColumns.map((column) => `${column.name} = given.${column.name}`).join(', ')},
            lease_worker = NULL, lease_until = NULL
        FROM given WHERE d.id = given.id AND ${guard}
        RETURNING given.*
      ),
      closed AS (
        UPDATE attempts a
        SET state = w.attempt_state, provider_message_id = w.provider_message_id, settled_at = w.updated_at
        FROM written w WHERE a.delivery_id = w.id AND a.number = w.attempt
      )
      SELECT id FROM written`,
  }
}

const settleOurs = statementOf(
  'settle',
  leasedColumns,
  'd.lease_token = given.lease_token AND d.lease_until IS NOT NULL',
)
const rewriteFree = statementOf('rewrite', givenColumns, 'd.lease_until IS NULL')
const insertProviderIds: Statement = {
  name: 'insert_provider_ids',
  text: `INSERT INTO provider_ids (channel, id, delivery_id, attempt)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[]) ON CONFLICT DO NOTHING`,
}

/** Makes the functions; `gather` says whether those who write at once do it together. */
export function postgresProgress(executor: Executor, gather: Gather): PostgresProgress {
  const writer = <Item extends Settlement>(statement: Statement, columns: readonly Column<Item>[]) => {
    const writeAll = gather((settlements: readonly Item[]) =>
      inRounds(settlements, async (round) => {
        // In one order, whoever writes: two that write the same rows wait for each other instead of both.
        const sorted = round.toSorted((one, other) => (one.deliveryId < other.deliveryId ? -1 : 1))
        const { rows } = await executor.query<{ readonly id: string }>(statement, arraysOf(columns, sorted))
        const ids = new Set(rows.map(({ id }) => id))
        const written = round.filter(({ deliveryId }) => ids.has(deliveryId))
        await nameOthers(executor, written)
        return written
      }),
    )
    return async (settlements: readonly Item[]) => {
      if (settlements.length === 0) return []
      const written = await writeAll(settlements)
      return settlements.filter((settlement) => written.has(settlement)).map(({ deliveryId }) => deliveryId)
    }
  }
  return { settle: writer(settleOurs, leasedColumns), rewrite: writer(rewriteFree, givenColumns) }
}

/** One statement writes a row once: of several settlements of one delivery the second has its turn after the first. */
async function inRounds<Item extends Settlement>(
  settlements: readonly Item[],
  write: (round: readonly Item[]) => Promise<readonly Item[]>,
): Promise<ReadonlySet<Item>> {
  const written = new Set<Item>()
  let left = settlements
  while (left.length > 0) {
    const round = new Map<string, Item>()
    const later: Item[] = []
    for (const settlement of left)
      if (round.has(settlement.deliveryId)) later.push(settlement)
      else round.set(settlement.deliveryId, settlement)
    for (const settlement of await write([...round.values()])) written.add(settlement)
    left = later
  }
  return written
}

/** Writes the further ids providers named. */
async function nameOthers(executor: Executor, written: readonly Settlement[]): Promise<void> {
  const named = written.flatMap(({ attempt, deliveryId }) =>
    (attempt?.otherIds?.ids ?? []).map((id) => ({
      channel: attempt?.otherIds?.channel ?? '',
      id,
      deliveryId,
      number: attempt?.number ?? 0,
    })),
  )
  if (named.length === 0) return
  await executor.query(insertProviderIds, [
    named.map(({ channel }) => channel),
    named.map(({ id }) => id),
    named.map(({ deliveryId }) => deliveryId),
    named.map(({ number }) => number),
  ])
}
