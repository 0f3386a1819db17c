import type BetterSqlite from 'better-sqlite3'
import type { StoreParts } from '../ports/store.ts'
import { sqliteError } from './sqlite-error.ts'

/** Transactions that share one commit at most; bounds how long a reader waits for its turn. */
const mostPerCommit = 500

interface Waiting {
  readonly work: (parts: StoreParts) => Promise<unknown>
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets transactions that wait at the same time share one commit, since the wait for the disk is what a commit costs.
 * Each runs behind its own savepoint: one that fails is undone alone. None is told it succeeded before all are on disk.
 *
 * @param inTurn runs work when the connection is free
 */
export function groupCommit(
  database: BetterSqlite.Database,
  parts: StoreParts,
  inTurn: (work: () => Promise<void>) => Promise<void>,
) {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const rollback = database.prepare('ROLLBACK')
  const save = database.prepare('SAVEPOINT one')
  const release = database.prepare('RELEASE one')
  const undo = database.prepare('ROLLBACK TO one')
  const waiting: Waiting[] = []
  let isCommitting = false

  const runOne = async ({ work, reject }: Waiting): Promise<{ readonly result: unknown } | undefined> => {
    save.run()
    try {
      const result = await work(parts)
      release.run()
      return { result }
    } catch (error) {
      // A full disk makes SQLite undo the whole transaction by itself; then there is no savepoint to go back to.
      if (!database.inTransaction) throw error
      undo.run()
      release.run()
      reject(sqliteError(error, database.name))
      return undefined
    }
  }

  const commitTogether = async (): Promise<void> => {
    begin.run()
    const group = waiting.splice(0, mostPerCommit)
    try {
      const done: { readonly one: Waiting; readonly result: unknown }[] = []
      for (const one of group) {
        const outcome = await runOne(one)
        if (outcome !== undefined) done.push({ one, result: outcome.result })
      }
      commit.run()
      for (const { one, result } of done) one.resolve(result as never)
    } catch (error) {
      if (database.inTransaction) rollback.run()
      for (const one of group) one.reject(sqliteError(error, database.name))
    }
  }

  const commitAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      try {
        await inTurn(commitTogether)
      } catch (error) {
        // Not even begun: locked for too long, or the connection is closed.
        for (const one of waiting.splice(0)) one.reject(sqliteError(error, database.name))
      }
    }
    isCommitting = false
  }

  return {
    transaction<Result>(work: (parts: StoreParts) => Promise<Result>): Promise<Result> {
      return new Promise<Result>((resolve, reject) => {
        waiting.push({ work, resolve, reject })
        if (isCommitting) return
        isCommitting = true
        void commitAll()
      })
    },
  }
}
