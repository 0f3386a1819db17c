import { Kysely, SqliteDialect } from 'kysely'
import type BetterSqlite from 'better-sqlite3'
import { InviteMeError } from '../model/error.ts'
import type { Store, StoreOpener, StoreParts } from '../ports/store.ts'
import { auditStore } from './audit.ts'
import type { Connection } from './connection.ts'
import { deliveryReader } from './deliveries.ts'
import { editWriter } from './edits.ts'
import { erasureStore } from './erase-recipient.ts'
import { inboundStore } from './inbound.ts'
import { inboxReader } from './inbox.ts'
import { invitationStore } from './invitations.ts'
import { keyStore } from './keys.ts'
import { linkReader } from './links.ts'
import { messageReader } from './messages.ts'
import { migrateToLatest } from './migrate.ts'
import { outboxReader } from './outbox.ts'
import { receiptReader } from './receipts.ts'
import { recipientsByFilter } from './recipients-by-filter.ts'
import { recipientStore } from './recipients.ts'
import { segmentStore } from './segments.ts'
import { scheduleStore } from './schedules.ts'
import { tallyStore } from './tallies.ts'
import type { Database } from './schema.ts'
import { withStatementCache } from './statement-cache.ts'
import { groupCommit } from './sqlite-commits.ts'
import { sqliteError } from './sqlite-error.ts'
import { prepareEdits, type SqliteEdits } from './sqlite-edits.ts'
import { prepareReads, type SqliteReads } from './sqlite-reads.ts'
import { prepareStatements, type SqliteStatements } from './sqlite-statements.ts'
import { templateStore } from './templates.ts'
import { webhookStore } from './webhooks.ts'

/** How a SQLite store is kept. */
export interface SqliteOptions {
  /**
   * `full` (default) waits until every commit is on disk: what was accepted survives a power cut.
   * `normal` survives every crash of the program, and may lose the last commits in a power cut.
   */
  readonly synchronous?: 'full' | 'normal'
  /** Longest wait in ms for another process that writes to the same file (default 10,000). */
  readonly busyTimeoutMs?: number
}

/**
 * Keeps a workspace in one SQLite file, created when it is missing; migrations run when it is opened.
 * Several processes may use the same file.
 *
 * @param file path of the file, or `:memory:` for one that is gone at the end
 * @throws (when opened) InviteMeError `STORE_UNAVAILABLE`, `STORE_NEWER` or `NODE_TOO_OLD`
 * @example const inviteMe = await createInviteMe({ store: sqlite('invites.db'), channels: [] })
 */
export function sqlite(file: string, options: SqliteOptions = {}): StoreOpener {
  return { open: () => openSqlite(file, options) }
}

async function openSqlite(file: string, options: SqliteOptions): Promise<Store> {
  refuseOldNode()
  const { busyTimeoutMs = 10_000 } = options
  const database = await openFile(file)
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: withStatementCache(database) }) })
  try {
    await patiently(busyTimeoutMs, async () => {
      setUp(database, options)
      await migrateAlone(database, db)
    })
    return sqliteStore(database, db, busyTimeoutMs)
  } catch (error) {
    database.close()
    throw sqliteError(error, file)
  }
}

async function openFile(file: string): Promise<BetterSqlite.Database> {
  const { default: Driver } = await import('better-sqlite3')
  try {
    return new Driver(file, { timeout: 250 })
  } catch (error) {
    throw sqliteError(error, file)
  }
}

function setUp(database: BetterSqlite.Database, { synchronous }: SqliteOptions): void {
  database.pragma('journal_mode = WAL')
  database.pragma(`synchronous = ${synchronous === 'normal' ? 'NORMAL' : 'FULL'}`)
  database.pragma('foreign_keys = ON')
  database.pragma('cache_size = -65536')
}

/** Of several processes that open a new file at the same time one makes the tables; the others wait and find them. */
async function migrateAlone(database: BetterSqlite.Database, db: Kysely<Database>): Promise<void> {
  database.exec('BEGIN IMMEDIATE')
  try {
    await migrateToLatest(db)
    database.exec('COMMIT')
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** better-sqlite3 needs Node-API 10; on an older Node it ends the process without a word. */
function refuseOldNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return
  throw new InviteMeError(
    'NODE_TOO_OLD',
    `invite-me keeps its data with a module that needs Node 22.18 or newer; this is Node ${process.versions.node}. Install a newer Node.`,
  )
}

function sqliteStore(database: BetterSqlite.Database, db: Kysely<Database>, busyTimeoutMs: number): Store {
  const prepared = {
    statements: prepareStatements(database),
    reads: prepareReads(database),
    edits: prepareEdits(database),
  }
  let turn: Promise<unknown> = Promise.resolve()

  /** One connection, one piece of work at a time: nobody reads what another transaction has not committed. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = turn.then(work, work)
    turn = mine.catch(() => undefined)
    return mine
  }
  const outside: Connection = {
    db,
    run: (work) =>
      inTurn(() =>
        patiently(busyTimeoutMs, work).catch((error: unknown) => {
          throw sqliteError(error, database.name)
        }),
      ),
  }
  const inside = partsOf({ db, run: (work) => work() }, prepared)

  const commits = groupCommit(database, inside, (work) => inTurn(() => patiently(busyTimeoutMs, work)))

  return {
    ...partsOf(outside, prepared),
    transaction: (work, { patienceMs = 0 } = {}) => commits.transaction(work, patienceMs),
    close: () =>
      inTurn(async () => {
        if (database.open) database.close()
      }),
  }
}

interface Prepared {
  readonly statements: SqliteStatements
  readonly reads: SqliteReads
  readonly edits: SqliteEdits
}

/** The parts of the store: what every message passes through by prepared statements, the rest as queries are built. */
function partsOf(connection: Connection, { statements, reads, edits }: Prepared): StoreParts {
  const { run } = connection
  return {
    recipients: {
      ...recipientStore(connection),
      ...recipientsByFilter(connection, 'sqlite'),
      byExternalIds: (externalIds) => run(async () => reads.recipientsByExternalIds(externalIds)),
      byIds: (ids) => run(async () => reads.recipientsByIds(ids)),
      // Write transactions exclude each other; there is nothing to lock.
      hold: (externalIds) => run(async () => reads.recipientsByExternalIds(externalIds)),
      lock: (externalId) => run(async () => reads.recipientsByExternalIds([externalId])[0]),
      suppressed: (addresses) => run(async () => reads.suppressed(addresses)),
    },
    messages: {
      ...messageReader(connection),
      byId: (id) => run(async () => reads.messagesByIds([id])[0]),
      byIds: (ids) => run(async () => reads.messagesByIds(ids)),
      lock: (id) => run(async () => reads.messagesByIds([id])[0]),
      hold: async () => undefined,
      byKeys: (keys) => run(async () => reads.messagesByKeys(keys)),
      insert: (accepted) => run(async () => statements.insertMessages(accepted)),
    },
    deliveries: {
      ...deliveryReader(connection, false),
      claimDue: (request) => run(async () => statements.claimDue(request)),
      claimNamed: (request) => run(async () => statements.claimNamed(request)),
      claimAbandoned: (request) => run(async () => statements.claimAbandoned(request)),
      startAttempts: (attempts) => run(async () => statements.startAttempts(attempts)),
      settle: (settlements) => run(async () => statements.settle(settlements)),
      rewrite: (settlements) => run(async () => statements.rewrite(settlements)),
      nextDue: (channels) => run(async () => statements.nextDue(channels)),
    },
    invitations: {
      ...invitationStore(connection, false),
      byIds: (ids) => run(async () => reads.invitationsByIds(ids)),
      lock: (id) => run(async () => reads.invitationsByIds([id])[0]),
    },
    tallies: tallyStore(connection, 'sqlite'),
    links: { ...linkReader(connection), issue: (links) => run(async () => statements.issueLinks(links)) },
    edits: {
      ...editWriter(connection),
      claimDue: (request) => run(async () => edits.claimDue(request)),
      nextDueAt: (channels) => run(async () => edits.nextDueAt(channels)),
    },
    inbound: {
      ...inboundStore(connection),
      unmatchedOf: (channel, providerMessageId) =>
        run(async () => reads.unmatchedOf(channel, providerMessageId)),
    },
    inbox: { ...inboxReader(connection), add: (items) => run(async () => statements.addInboxItems(items)) },
    receipts: {
      ...receiptReader(connection),
      append: (receipts) => run(async () => statements.appendReceipts(receipts)),
    },
    outbox: {
      ...outboxReader(connection),
      append: (events) => run(async () => statements.appendEvents(events)),
    },
    keys: keyStore(connection),
    erasure: erasureStore(connection),
    webhooks: webhookStore(connection, false),
    schedules: scheduleStore(connection, false),
    templates: templateStore(connection),
    audit: auditStore(connection),
    segments: segmentStore(connection),
  }
}

/**
 * Waits its turn when another process writes to the file. The driver itself waits only a quarter of a second, since it
 * blocks the whole program meanwhile.
 */
async function patiently<Result>(busyTimeoutMs: number, work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + busyTimeoutMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
      if (!isBusy || performance.now() >= deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20))
    }
  }
}
