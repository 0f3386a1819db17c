import { InviteMeError } from '../model/error.ts'
import type { Store, StoreOpener } from '../ports/store.ts'
import type { ClaimMemory } from './postgres-claims.ts'
import { postgresCommits } from './postgres-commits.ts'
import { postgresError } from './postgres-error.ts'
import { alone } from './postgres-gather.ts'
import { partsThrough, performOn } from './postgres-methods.ts'
import { migratePostgres } from './postgres-migrate.ts'
import { postgresNotifier } from './postgres-notifier.ts'
import { postgresParts } from './postgres-parts.ts'
import { PostgresPool } from './postgres-pool.ts'
import { PostgresSession, type SessionOptions } from './postgres-session.ts'

/** How a Postgres store is kept. */
export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`; `?sslmode=verify-full` and the like as libpq has them. */
  readonly url: string
  /**
   * Schema the tables are in, one for each workspace (default `invite_me`); created when it is missing. Lower-case letters,
   * digits and `_`.
   */
  readonly schema?: string
  /** Connections at most, of this process (default 10, at least 2); one more listens for what other processes say. */
  readonly connections?: number
  /** Longest a statement may take, in ms (default 10,000). */
  readonly statementTimeoutMs?: number
  /** Certificates, when the address cannot name them. */
  readonly ssl?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly rejectUnauthorized?: boolean
  }
}

/** Not `now()`, which stands still in a transaction. */
const serverTime = { name: 'server_time', text: 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms' }
/** Longest wait for a new connection. */
const connectTimeoutMs = 5_000
/** A listening connection that gives no sign of life for so long is dead; statements on it take no time. */
const listenerTimeoutMs = 3_000
/** Tables of millions of rows may take long to change. */
const migrationTimeoutMs = 3_600_000

/**
 * Keeps a workspace in a schema of a Postgres database, 15 or newer; migrations run when it is opened. Any number of processes
 * may use the same one. It needs connections of its own: a proxy that hands them out transaction by transaction
 * will not do.
 *
 * @param place the address, or the address with more
 * @throws InviteMeError `OPTIONS_INVALID`; when opened `STORE_UNAVAILABLE`, `STORE_NEWER` or `PEER_MISSING`
 * @example const inviteMe = await createInviteMe({ store: postgres('postgres://localhost/invites'), channels: [] })
 */
export function postgres(place: string | PostgresOptions): StoreOpener {
  const options = readOptions(typeof place === 'string' ? { url: place } : place)
  return { open: () => openPostgres(options) }
}

interface Settings extends SessionOptions {
  readonly connections: number
  /** Where it is, without user and password. */
  readonly database: string
}

function readOptions({
  url,
  schema = 'invite_me',
  connections = 10,
  statementTimeoutMs = 10_000,
  ssl,
}: PostgresOptions): Settings {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol))
    // The address may hold a password, so it is not repeated.
    throw invalid('url', 'must be an address such as postgres://user:password@host:5432/database')
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema) || schema.startsWith('pg_'))
    throw invalid(
      'schema',
      `is "${schema}"; it may have lower-case letters, digits and "_", at most 63, and not begin with a digit or pg_`,
    )
  if (!Number.isInteger(connections) || connections < 2 || connections > 1_000)
    throw invalid('connections', `is ${String(connections)}; it must be a whole number from 2 to 1,000`)
  if (!Number.isInteger(statementTimeoutMs) || statementTimeoutMs < 100 || statementTimeoutMs > 3_600_000)
    throw invalid(
      'statementTimeoutMs',
      `is ${String(statementTimeoutMs)}; it must be a whole number from 100 to 3,600,000`,
    )
  const database = `${parsed.host}${parsed.pathname}, schema ${schema}`
  return {
    url,
    schema,
    connections,
    statementTimeoutMs,
    connectTimeoutMs,
    database,
    ...(ssl !== undefined && { ssl }),
  }
}

function invalid(field: string, complaint: string): InviteMeError {
  return new InviteMeError('OPTIONS_INVALID', `Option "${field}" of the Postgres store ${complaint}.`, {
    field: `store.${field}`,
  })
}

async function openPostgres(settings: Settings): Promise<Store> {
  const explain = (error: unknown): unknown => postgresError(error, settings.database)
  try {
    await migrate(settings)
  } catch (error) {
    throw explain(error)
  }
  return postgresStore(settings, explain)
}

async function migrate(settings: Settings): Promise<void> {
  const session = await PostgresSession.open({ ...settings, statementTimeoutMs: migrationTimeoutMs })
  try {
    await migratePostgres(session, settings.schema)
  } finally {
    await session.close()
  }
}

function postgresStore(settings: Settings, explain: (error: unknown) => unknown): Store {
  const { connections, schema } = settings
  const memory: ClaimMemory = new Map()
  const pool = new PostgresPool(() => PostgresSession.open(settings), connections)
  const { parts } = postgresParts({ executor: pool, schema, memory, gather: alone })
  const commits = postgresCommits({ pool, schema, memory, explain })
  const listening = { ...settings, statementTimeoutMs: listenerTimeoutMs }
  const notifier = postgresNotifier({ open: () => PostgresSession.open(listening), pool, schema })

  const outside = partsThrough(async (call) => {
    if (call.kind !== 'read' && call.kind !== 'once')
      return commits.transaction((inside) => performOn(inside, call), { alone: call.part === 'recipients' })
    try {
      return await performOn(parts, call)
    } catch (error) {
      throw explain(error)
    }
  })
  return {
    ...outside,
    notifier,
    now: async () => {
      const { rows } = await pool.query<{ readonly ms: string }>(serverTime).catch((error: unknown) => {
        throw explain(error)
      })
      return new Date(Number(rows[0]?.ms))
    },
    transaction: commits.transaction,
    close: async () => {
      await notifier.close()
      await pool.close()
    },
  }
}
