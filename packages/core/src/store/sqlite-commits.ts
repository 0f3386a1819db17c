import type BetterSqlite from 'better-sqlite3'
import type { StoreParts } from '../ports/store.ts'
import { sqliteError } from './sqlite-error.ts'

/** Transactions that share one commit at most; bounds how long a reader waits for its turn. */
const mostPerCommit = 1_000

interface Waiting {
  readonly work: (parts: StoreParts) => Promise<unknown>
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/** How one transaction of a group ended; `spoiled` left half of its writes behind. */
type Ending =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused' | 'spoiled'; readonly error: unknown }

/**
 * Lets transactions that wait at the same time share one commit, since the wait for the disk is what a commit costs.
 * One that fails before it wrote anything costs the others nothing. When one fails halfway the group is undone and run
 * again with each behind its own savepoint, so that it is undone alone; savepoints for all, always, would make every
 * write three times as dear. So `work` may run twice. None is told how it ended before all are on disk.
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
  const countChanges = database.prepare<[], number>('SELECT total_changes()').pluck()
  const waiting: Waiting[] = []
  /** Transactions at the head of `waiting` that are run again because one of them failed halfway. */
  let suspects = 0
  /** When the least patient of those waiting wants to begin; on the scale of `performance.now`. */
  let beginBy = Infinity
  let isUnderWay = false
  let timer: NodeJS.Timeout | undefined

  const run = async ({ work }: Waiting): Promise<Ending> => {
    const before = countChanges.get()
    try {
      return { kind: 'done', result: await work(parts) }
    } catch (error) {
      // A full disk makes SQLite undo the whole transaction by itself.
      if (!database.inTransaction) throw error
      return { kind: countChanges.get() === before ? 'refused' : 'spoiled', error }
    }
  }

  const runBehindSavepoint = async (one: Waiting): Promise<Ending> => {
    save.run()
    const ending = await run(one)
    if (ending.kind === 'spoiled') undo.run()
    release.run()
    return ending
  }

  /** @returns how each ended; `undefined` when one of several spoiled the transaction for all */
  const runGroup = async (
    group: readonly Waiting[],
    isCareful: boolean,
  ): Promise<readonly Ending[] | undefined> => {
    const endings: Ending[] = []
    for (const one of group) {
      const ending = isCareful ? await runBehindSavepoint(one) : await run(one)
      if (ending.kind === 'spoiled' && !isCareful) return undefined
      endings.push(ending)
    }
    return endings
  }

  const commitTogether = async (): Promise<void> => {
    begin.run()
    const isCareful = suspects > 0
    const group = waiting.splice(0, isCareful ? suspects : mostPerCommit)
    suspects = 0
    beginBy = waiting.length === 0 ? Infinity : 0
    try {
      const endings = await runGroup(group, isCareful)
      if (endings === undefined) {
        rollback.run()
        waiting.unshift(...group)
        suspects = group.length
        beginBy = 0
        return
      }
      commit.run()
      for (const [index, ending] of endings.entries()) tell(group[index], ending)
    } catch (error) {
      if (database.inTransaction) rollback.run()
      for (const one of group) one.reject(sqliteError(error, database.name))
    }
  }

  const tell = (one: Waiting | undefined, ending: Ending): void => {
    if (ending.kind === 'done') one?.resolve(ending.result as never)
    else one?.reject(sqliteError(ending.error, database.name))
  }

  const commitInTurn = async (): Promise<void> => {
    try {
      await inTurn(commitTogether)
    } catch (error) {
      // Not even begun: locked for too long, or the connection is closed.
      suspects = 0
      beginBy = Infinity
      for (const one of waiting.splice(0)) one.reject(sqliteError(error, database.name))
    }
    isUnderWay = false
    arrange()
  }

  /** Begins when this turn of the event loop has brought all it brings, or when the least patient has waited enough. */
  const arrange = (): void => {
    if (isUnderWay || waiting.length === 0) return
    clearTimeout(timer)
    const delayMs = beginBy - performance.now()
    if (delayMs > 0) {
      timer = setTimeout(arrange, delayMs)
      return
    }
    isUnderWay = true
    setImmediate(() => void commitInTurn())
  }

  return {
    /** @param patienceMs how long it may wait for others to share its commit with */
    transaction<Result>(work: (parts: StoreParts) => Promise<Result>, patienceMs: number): Promise<Result> {
      return new Promise<Result>((resolve, reject) => {
        waiting.push({ work, resolve, reject })
        const mine = patienceMs === 0 ? 0 : performance.now() + patienceMs
        if (mine >= beginBy) return
        beginBy = mine
        arrange()
      })
    },
  }
}
