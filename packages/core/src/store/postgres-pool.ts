import { InviteMeError } from '../model/error.ts'
import { codeOf, ConnectionLost } from './postgres-error.ts'
import type { Answer, Executor, PostgresSession, Statement, Value } from './postgres-session.ts'

/** Milliseconds an idle connection is kept. */
const idleMs = 30_000
/** Longest wait in ms for a connection when all are in use. */
const longestWaitMs = 10_000
/** Longest wait in ms at the end for those in use to come back. */
const longestDrainMs = 10_000

interface Waiting {
  readonly resolve: (session: PostgresSession) => void
  readonly reject: (error: unknown) => void
  readonly overdue: NodeJS.Timeout
}

/** Connections that are made when they are needed, up to a number, and closed when they were idle for long. */
export class PostgresPool implements Executor {
  readonly #open: () => Promise<PostgresSession>
  readonly #most: number
  readonly #idle: { readonly session: PostgresSession; readonly ending: NodeJS.Timeout }[] = []
  readonly #waiting: Waiting[] = []
  /** Open, or being opened. */
  #count = 0
  #isClosed = false
  #closing: Promise<void> | undefined
  #onEmpty: () => void = () => undefined

  constructor(open: () => Promise<PostgresSession>, most: number) {
    this.#open = open
    this.#most = most
  }

  /** Hands out a connection; whoever has it gives it back with `release`. */
  async acquire(): Promise<PostgresSession> {
    if (this.#isClosed) throw closed()
    const idle = this.#idle.pop()
    if (idle !== undefined) {
      clearTimeout(idle.ending)
      return idle.session
    }
    return this.#count < this.#most ? this.#make() : this.#wait()
  }

  /** Takes a connection back; a broken one is dropped. */
  release(session: PostgresSession): void {
    if (session.isBroken) {
      this.#forget()
      return
    }
    const next = this.#waiting.shift()
    if (next !== undefined) {
      clearTimeout(next.overdue)
      next.resolve(session)
      return
    }
    const drop = (): void => {
      const place = this.#idle.findIndex((idle) => idle.session === session)
      if (place === -1) return
      clearTimeout(this.#idle[place]?.ending)
      this.#idle.splice(place, 1)
      void session.close()
      this.#forget()
    }
    session.onBroken(drop)
    this.#idle.push({ session, ending: setTimeout(drop, this.#isClosed ? 0 : idleMs).unref() })
    if (this.#isClosed) drop()
  }

  /** Runs one statement on any connection. A reading one is tried again when its connection turns out to be broken. */
  async query<Row>(statement: Statement, values?: readonly Value[]): Promise<Answer<Row>> {
    try {
      return await this.#queryOnce(statement, values)
    } catch (error) {
      if (!(error instanceof ConnectionLost) || !/^\s*SELECT\b(?!.*\bFOR UPDATE\b)/is.test(statement.text))
        throw error
      this.distrust()
      return this.#queryOnce(statement, values)
    }
  }

  /** Closes what is idle: when one connection turned out to be broken, the others probably are. */
  distrust(): void {
    for (const { session, ending } of this.#idle.splice(0)) {
      clearTimeout(ending)
      void session.close()
      this.#forget()
    }
  }

  async #queryOnce<Row>(statement: Statement, values?: readonly Value[]): Promise<Answer<Row>> {
    const session = await this.acquire()
    try {
      return await session.query<Row>(statement, values)
    } finally {
      this.release(session)
    }
  }

  /** Refuses further work, waits for what is under way, at most ten seconds, and closes all connections. May be called twice. */
  close(): Promise<void> {
    return (this.#closing ??= this.#drain())
  }

  async #drain(): Promise<void> {
    this.#isClosed = true
    for (const { reject, overdue } of this.#waiting.splice(0)) {
      clearTimeout(overdue)
      reject(closed())
    }
    const idle = this.#idle.splice(0)
    this.#count -= idle.length
    await Promise.all(
      idle.map(({ session, ending }) => {
        clearTimeout(ending)
        return session.close()
      }),
    )
    if (this.#count === 0) return
    await new Promise<void>((resolve) => {
      const overdue = setTimeout(resolve, longestDrainMs)
      this.#onEmpty = () => {
        clearTimeout(overdue)
        resolve()
      }
    })
  }

  async #make(): Promise<PostgresSession> {
    this.#count += 1
    try {
      return await this.#open()
    } catch (error) {
      const isServerFull = codeOf(error) === '53300' && this.#count > 1
      if (!isServerFull) {
        this.#forget()
        throw error
      }
      // The server has no connection left, but we have some: one of those will do.
      this.#count -= 1
      return this.#idle.length > 0 ? this.acquire() : this.#wait()
    }
  }

  #wait(): Promise<PostgresSession> {
    return new Promise((resolve, reject) => {
      const overdue = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(
          new InviteMeError(
            'STORE_BUSY',
            `No connection to the database was free within ${String(longestWaitMs / 1_000)} s. Try again, or raise \`connections\` of the store.`,
            { field: 'store' },
          ),
        )
      }, longestWaitMs)
      const waiting = { resolve, reject, overdue }
      this.#waiting.push(waiting)
    })
  }

  /** One less; who waits may have another made. */
  #forget(): void {
    this.#count -= 1
    if (this.#count === 0) this.#onEmpty()
    const next = this.#isClosed ? undefined : this.#waiting.shift()
    if (next === undefined) return
    clearTimeout(next.overdue)
    this.acquire().then(next.resolve, next.reject)
  }
}

function closed(): InviteMeError {
  return new InviteMeError('STOPPED', 'The store was closed; the engine that used it was stopped.', {
    field: 'store',
  })
}
