import type Postgres from 'pg'
import type { Client, ClientConfig, QueryResult } from 'pg'
import { InviteMeError } from '../model/error.ts'
import { ConnectionLost, isDatabaseError, NotConnected } from './postgres-error.ts'

/** A statement; one with a name is prepared once for each connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
}

/** A value of a statement. Arrays become arrays of Postgres. */
export type Value = string | number | bigint | boolean | null | readonly (string | number | null)[]

/** What came of a statement. */
export interface Answer<Row> {
  readonly rows: readonly Row[]
  /** Rows written, or read. */
  readonly count: number
  /** What was done, as Postgres names it: `COMMIT`. */
  readonly command: string
}

/** Whatever runs statements: a connection, or a pool of them. */
export interface Executor {
  query<Row>(statement: Statement, values?: readonly Value[]): Promise<Answer<Row>>
}

/** How connections are made. */
export interface SessionOptions {
  readonly url: string
  readonly schema: string
  readonly connectTimeoutMs: number
  /** Longest a statement may take, by the server's watch. */
  readonly statementTimeoutMs: number
  readonly ssl?: ClientConfig['ssl']
}

/** The parts of pg's client that its declarations leave out. */
interface Wire {
  readonly connection: {
    readonly stream: { cork(): void; uncork(): void; destroy(): void }
  }
}

/** Milliseconds a lock is waited for. Within a process nobody waits for a lock, so only another process can hold it. */
export const lockTimeoutMs = 5_000
/** Milliseconds a transaction may stand idle: its program hangs, and others wait for its locks. */
const idleTransactionMs = 15_000
/** Milliseconds the answer may take beyond the server's own limit before the connection is taken for dead. */
const graceMs = 2_000

/**
 * One connection. Statements are sent at once, in order, without waiting for the answers to those before (pipelining).
 * Once it `isBroken` it stays so.
 */
export class PostgresSession implements Executor {
  readonly #client: Client
  readonly #deadlineMs: number
  #onBroken: () => void = () => undefined
  #underWay = 0
  #lastSignMs = 0
  #watch: NodeJS.Timeout | undefined
  #isCorked = false
  isBroken = false

  /** @throws what pg throws */
  static async open(options: SessionOptions): Promise<PostgresSession> {
    const { Client: Driver, types } = await loadDriver()
    const config: ClientConfig & { readonly pipeline: boolean } = {
      connectionString: options.url,
      application_name: 'invite-me',
      connectionTimeoutMillis: options.connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      pipeline: true,
      // Cursors and counts are int8, which pg gives as text since some do not fit a number; ours do.
      types: { getTypeParser: (oid, format) => (oid === 20 ? Number : types.getTypeParser(oid, format)) },
      ...(options.ssl !== undefined && { ssl: options.ssl }),
    }
    const client = new Driver(config)
    const session = new PostgresSession(client, options.statementTimeoutMs + graceMs)
    try {
      await client.connect()
      await session.query({ text: settingsOf(options) })
      return session
    } catch (error) {
      session.#break()
      // pg tells the end of its patience without a code.
      throw isDatabaseError(error) ? error : new NotConnected('no connection was made', { cause: error })
    }
  }

  private constructor(client: Client, deadlineMs: number) {
    this.#client = client
    this.#deadlineMs = deadlineMs
    client.on('error', () => this.#break())
    client.on('end', () => this.#break())
  }

  /** Calls `handle` when the connection breaks; at most once. */
  onBroken(handle: () => void): void {
    this.#onBroken = handle
  }

  /** Calls `handle` for every word another connection says by NOTIFY. */
  onNotification(handle: (channel: string, payload: string) => void): void {
    this.#client.on('notification', ({ channel, payload = '' }) => {
      handle(channel, payload)
    })
  }

  /**
   * Runs a statement. Characters NUL, which Postgres cannot keep, are replaced by U+FFFD, as UTF-8 does with what it cannot
   * write: a provider's odd word must not hold up what is written with it.
   * @throws ConnectionLost, or the server's own error
   */
  async query<Row>({ name, text }: Statement, values: readonly Value[] = []): Promise<Answer<Row>> {
    if (this.isBroken) throw new ConnectionLost('the connection is closed')
    this.#underWay += 1
    this.#attend()
    this.#cork()
    try {
      const parameters = values.map(toParameter)
      const query = {
        text,
        ...(parameters.length > 0 && { values: parameters }),
        ...(name !== undefined && { name }),
      }
      const result = (await this.#client.query(query)) as QueryResult<Row & object>
      return { rows: result.rows ?? [], count: result.rowCount ?? 0, command: result.command }
    } catch (error) {
      const isRefusal = isDatabaseError(error)
      if (!isRefusal || ('severity' in error && error.severity === 'FATAL')) this.#break()
      if (!this.isBroken) throw error
      throw new ConnectionLost('the connection broke', { cause: error })
    } finally {
      this.#underWay -= 1
      this.#lastSignMs = performance.now()
      if (this.#underWay === 0) clearTimeout(this.#watch)
    }
  }

  /** Ends the connection; what is under way is given up. */
  async close(): Promise<void> {
    const isIdle = !this.isBroken && this.#underWay === 0
    this.#onBroken = () => undefined
    if (!isIdle) {
      this.#break()
      return
    }
    this.isBroken = true
    const overdue = setTimeout(() => this.#destroy(), 1_000)
    await this.#client.end().catch(() => undefined)
    clearTimeout(overdue)
  }

  /** Statements of one turn leave in one packet: a system call for each costs more than all else of it. */
  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#stream.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#stream.uncork()
    })
  }

  get #stream(): Wire['connection']['stream'] {
    return (this.#client as unknown as Wire).connection.stream
  }

  /** A connection whose other end is gone without a word would be waited for for ever. */
  #attend(): void {
    if (this.#underWay > 1) return
    this.#lastSignMs = performance.now()
    const look = (): void => {
      const leftMs = this.#lastSignMs + this.#deadlineMs - performance.now()
      if (leftMs <= 0) this.#break()
      else this.#watch = setTimeout(look, leftMs)
    }
    clearTimeout(this.#watch)
    this.#watch = setTimeout(look, this.#deadlineMs)
  }

  #break(): void {
    if (this.isBroken) return
    this.isBroken = true
    clearTimeout(this.#watch)
    this.#destroy()
    this.#onBroken()
  }

  #destroy(): void {
    this.#stream.destroy()
  }
}

/** Loads the driver late, since only those who use Postgres have it. */
async function loadDriver(): Promise<typeof Postgres> {
  try {
    return (await import('pg')).default
  } catch (cause) {
    throw new InviteMeError('PEER_MISSING', 'The Postgres store needs pg: run npm i pg.', { cause })
  }
}

function settingsOf({ schema, statementTimeoutMs }: SessionOptions): string {
  const settings = {
    search_path: `"${schema}"`,
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleTransactionMs,
    default_transaction_isolation: "'read committed'",
    // Every query here goes by an index. Plans made while a table was still small are kept and would read all of it
    // when it has grown, until the next ANALYZE: a minute of claims that take seconds.
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    jit: 'off',
  }
  return Object.entries(settings)
    .map(([name, value]) => `SET ${name} = ${String(value)}`)
    .join('; ')
}

function toParameter(value: Value): string | null {
  if (value === null) return null
  if (typeof value === 'object') return arrayText(value)
  return withoutNul(String(value))
}

/**
 * As pg writes arrays, and several times as fast: JSON is written at a stroke, and where it escapes nothing but quotes and
 * backslashes it says the same.
 */
function arrayText(items: readonly (string | number | null)[]): string {
  const json = JSON.stringify(items)
  const isSame = (!json.includes('\\') || !/\\[^"\\]/.test(json)) && !items.some(isNoNumber)
  return isSame ? `{${json.slice(1, -1)}}` : escapedArrayText(items)
}

/** The same with what JSON writes in a way of its own: line ends, halves of a pair, NUL. What is no number Postgres refuses. */
function escapedArrayText(items: readonly (string | number | null)[]): string {
  const texts = items.map((item) =>
    typeof item === 'string' ? `"${item.replaceAll(/["\\]/g, '\\$&')}"` : String(item ?? 'NULL'),
  )
  return withoutNul(`{${texts.join(',')}}`)
}

function isNoNumber(item: string | number | null): boolean {
  return typeof item === 'number' && !Number.isFinite(item)
}

function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text
}
