import type { PlannedEdit } from '../model/planned-edit.ts'
import type { EditStore } from '../ports/store.ts'
import type { Executor, Statement } from './postgres-session.ts'
import { toMoment, toPlannedEdit, type Row } from './rows.ts'

/** What is asked of edits at every look for work. */
export type PostgresEdits = Pick<EditStore, 'claimDue' | 'nextDueAt'>

const takeDue: Statement = {
  name: 'claim_edits',
  text: `
    WITH found AS MATERIALIZED (
      SELECT delivery_id, attempt, due_at, tries FROM edits
      WHERE channel = $1 AND due_at <= $2
      ORDER BY due_at, delivery_id, attempt LIMIT $3 FOR UPDATE SKIP LOCKED
    )
    UPDATE edits e SET due_at = $4, tries = e.tries + 1, held = 1
    FROM found WHERE e.delivery_id = found.delivery_id AND e.attempt = found.attempt
    RETURNING e.*, found.due_at AS fell_due_at, found.tries AS tries_before`,
}
const findNextDue: Statement = {
  name: 'next_edit',
  text: `
    SELECT min(next.due_at) AS due FROM unnest($1::text[]) AS asked(channel), LATERAL (
      SELECT due_at FROM edits WHERE edits.channel = asked.channel ORDER BY due_at LIMIT 1
    ) AS next`,
}

type Taken = Row<'edits'> & { readonly fell_due_at: string; readonly tries_before: number }

/** Makes the functions; each is one statement, so that nobody comes between reading and writing. */
export function postgresEdits(executor: Executor): PostgresEdits {
  return {
    async claimDue({ channel, leaseUntil, limit, now }) {
      const { rows } = await executor.query<Taken>(takeDue, [
        channel,
        toMoment(now),
        limit,
        toMoment(leaseUntil),
      ])
      return rows.map(asItWas).toSorted(byDueTime)
    },
    async nextDueAt(channels) {
      const { rows } = await executor.query<{ readonly due: string | null }>(findNextDue, [channels])
      const due = rows[0]?.due ?? null
      return due === null ? undefined : new Date(due)
    },
  }
}

function asItWas(row: Taken): PlannedEdit {
  return toPlannedEdit({ ...row, due_at: row.fell_due_at, tries: row.tries_before })
}

function byDueTime(one: PlannedEdit, other: PlannedEdit): number {
  const byTime = one.dueAt.getTime() - other.dueAt.getTime()
  if (byTime !== 0) return byTime
  if (one.deliveryId !== other.deliveryId) return one.deliveryId < other.deliveryId ? -1 : 1
  return one.attempt - other.attempt
}
