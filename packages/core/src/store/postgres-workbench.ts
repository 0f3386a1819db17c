import { together } from './postgres-gather.ts'
import type { ClaimMemory } from './postgres-claims.ts'
import { postgresParts, type PostgresParts } from './postgres-parts.ts'
import type { Answer, Executor, PostgresSession, Statement, Value } from './postgres-session.ts'

/** The transaction is over, or about to be undone: what comes now has no place in it. */
export class TransactionOver extends Error {
  override readonly name = 'TransactionOver'
  override readonly message = 'the transaction is over'
}

/** One connection on which transactions run together, with the parts they share; used by one group at a time. */
export class Workbench implements Executor {
  readonly #session: PostgresSession
  #isOpen = false
  readonly parts: PostgresParts

  constructor(
    session: PostgresSession,
    { schema, memory }: { readonly schema: string; readonly memory: ClaimMemory },
  ) {
    this.#session = session
    this.parts = postgresParts({ executor: this, schema, memory, gather: together })
  }

  /** @throws TransactionOver when it is not open: a statement then would be written by itself, for good */
  async query<Row>(statement: Statement, values?: readonly Value[]): Promise<Answer<Row>> {
    if (!this.#isOpen) throw new TransactionOver()
    return this.#session.query<Row>(statement, values)
  }

  /**
   * Opens a transaction; what is asked meanwhile is sent right behind.
   * @param longestWaitMs for a lock, but the one of the events; default as for the whole connection
   */
  async begin(longestWaitMs?: number): Promise<void> {
    this.#isOpen = true
    const limit = longestWaitMs === undefined ? '' : `; SET LOCAL lock_timeout = ${String(longestWaitMs)}`
    await this.#session.query({ text: `BEGIN${limit}` })
  }

  /** Lets no further statement in. */
  shut(): void {
    this.#isOpen = false
  }

  /** @returns false when a statement before it failed, so that Postgres undid everything */
  async commit(): Promise<boolean> {
    this.shut()
    return (await this.#session.query({ text: 'COMMIT' })).command === 'COMMIT'
  }

  /** Undoes everything; never throws, since a connection that is lost has undone it already. */
  async rollback(): Promise<void> {
    this.shut()
    await this.#session.query({ text: 'ROLLBACK' }).catch(() => undefined)
  }
}
