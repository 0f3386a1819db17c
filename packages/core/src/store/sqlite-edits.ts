import type BetterSqlite from 'better-sqlite3'
import type { PlannedEdit } from '../model/planned-edit.ts'
import type { EditStore } from '../ports/store.ts'
import { toMoment, toPlannedEdit, type Row } from './rows.ts'

/** What is asked of edits at every look for work, prepared once. */
export interface SqliteEdits {
  claimDue(request: Parameters<EditStore['claimDue']>[0]): readonly PlannedEdit[]
  nextDueAt(channels: readonly string[]): Date | undefined
}

type NumberedRow = Row<'edits'> & { readonly rowid: number }

/** Prepares the statements on a migrated database. */
export function prepareEdits(database: BetterSqlite.Database): SqliteEdits {
  // `+?` keeps SQLite from planning the statement anew at every run.
  const findDue = database.prepare<unknown[], NumberedRow>(
    `SELECT rowid, * FROM edits WHERE channel = +? AND due_at <= ? ORDER BY due_at, delivery_id, attempt LIMIT +?`,
  )
  const putOff = database.prepare('UPDATE edits SET due_at = ?, tries = tries + 1, held = 1 WHERE rowid = ?')
  const nextDue = database.prepare<unknown[], { due: string | null }>(
    'SELECT min(due_at) AS due FROM edits WHERE channel = +?',
  )

  const claim: SqliteEdits['claimDue'] = ({ channel, now, limit, leaseUntil }) => {
    const rows = findDue.all(channel, toMoment(now), limit)
    for (const { rowid } of rows) putOff.run(toMoment(leaseUntil), rowid)
    return rows.map(toPlannedEdit)
  }
  /** Nobody may come between the reading and the writing, so without a transaction it makes one. */
  const claimAlone = database.transaction(claim).immediate

  return {
    claimDue: (request) => (database.inTransaction ? claim : claimAlone)(request),
    nextDueAt(channels) {
      const moments = channels.flatMap((channel) => nextDue.get(channel)?.due ?? [])
      const earliest = moments.toSorted()[0]
      return earliest === undefined ? undefined : new Date(earliest)
    },
  }
}
