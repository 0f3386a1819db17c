import { createHash } from 'node:crypto'
import { InviteMeError } from '../../model/error.ts'
import { postgresSource, postgresTarget } from './postgres-end.ts'
import { sqliteSource, sqliteTarget } from './sqlite-end.ts'
import {
  inOrderOfReference,
  keyOf,
  type Row,
  type TableShape,
  type WorkspaceEnd,
  type WorkspaceTarget,
} from './workspace-end.ts'
import type { WorkspaceLocation } from './workspace-location.ts'

/** How far a copy is. */
export interface CopyProgress {
  readonly step: 'copying' | 'checking'
  readonly table: string
  /** Rows of all tables so far, in this step. */
  readonly rows: number
}

/** How a workspace is copied. */
export interface CopyOptions {
  /**
   * Copies although processes still work on the source, or write to it meanwhile; what they do after the copy began is
   * missing in it. Default false.
   */
  readonly isForced?: boolean
  /** Calls the copy off; the target stays empty. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: CopyProgress) => void
  /** Time, to tell leases that have run out; default now. */
  readonly now?: Date
}

/** What was copied, table by table. */
export interface CopyReport {
  readonly tables: readonly {
    readonly name: string
    readonly rows: number
    /** SHA-256 over all rows in order of their key, the same in both workspaces. */
    readonly checksum: string
  }[]
}

/** Characters of a page of rows that are held in memory at once, about. */
const pageCharacters = 4_000_000
const fewestRows = 8
const mostRows = 2_000

/**
 * Copies a whole workspace into an empty one, on whatever database either is kept: every row of every table, as of one
 * moment. Afterwards every row is read back and compared. It happens in one transaction of the target: all of it, or nothing,
 * and then it can simply be started again. The source is not changed.
 *
 * @throws InviteMeError `STORE_BUSY` when somebody works on the source · `STORE_UNAVAILABLE` when the target is not empty, or
 * either cannot be used · `REQUEST_INVALID` when a row cannot be kept there · `WAIT_ABORTED` by the signal
 */
export async function copyWorkspace(
  from: WorkspaceLocation,
  to: WorkspaceLocation,
  options: CopyOptions = {},
): Promise<CopyReport> {
  // It would be gone with this process, after its owner was told that it was kept.
  if (to.kind === 'sqlite' && to.file === ':memory:')
    throw new InviteMeError('REQUEST_INVALID', 'Nothing stays in ":memory:"; name a file.', { field: 'to' })
  const source = await (from.kind === 'sqlite' ? sqliteSource(from.file) : postgresSource(from))
  try {
    const migrations = await source.migrations()
    if (migrations.length === 0)
      throw new InviteMeError('STORE_UNAVAILABLE', `There is no workspace in ${source.place}.`, {
        field: 'from',
      })
    if (options.isForced !== true) await refuseAtWork(source, options.now ?? new Date())
    const target = await (to.kind === 'sqlite' ? sqliteTarget(to.file, migrations) : postgresTarget(to))
    try {
      await refuseOtherVersion(target, migrations)
      const report = await copyInto(target, source, options)
      await target.commit()
      return report
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function copyInto(
  target: WorkspaceTarget,
  source: WorkspaceEnd,
  options: CopyOptions,
): Promise<CopyReport> {
  const tables = inOrderOfReference(await source.tables())
  await refuseOtherTables(target, tables)
  await refuseFilled(target, tables)
  const cursor = (await source.sequences()).get('outbox') ?? 0
  const read = await eachTable(tables, 'copying', options, (table, page) =>
    passRows(source, table, page, (rows) => {
      refuseUnfit(target, table, rows)
      return target.insert(table, rows)
    }),
  )
  for (const [table, last] of await source.sequences()) if (last > 0) await target.setSequence(table, last)
  const kept = await eachTable(tables, 'checking', options, (table, page) => passRows(target, table, page))
  refuseDifferent(read, kept)
  if (options.isForced !== true && (await source.newestCursor()) > cursor)
    throw new InviteMeError(
      'STORE_BUSY',
      `Something was written to ${source.place} while it was copied, so nothing was kept. Stop every process that uses it and repeat.`,
      { field: 'from' },
    )
  return { tables: read }
}

type TableReport = CopyReport['tables'][number]
type OnPage = (rows: number) => void

async function eachTable(
  tables: readonly TableShape[],
  step: CopyProgress['step'],
  { signal, onProgress }: CopyOptions,
  work: (table: TableShape, onPage: OnPage) => Promise<TableReport>,
): Promise<readonly TableReport[]> {
  const reports: TableReport[] = []
  let rows = 0
  for (const table of tables) {
    reports.push(
      await work(table, (count) => {
        rows += count
        if (signal?.aborted === true)
          throw new InviteMeError('WAIT_ABORTED', 'The copy was called off; nothing of it was kept.')
        onProgress?.({ step, table: table.name, rows })
      }),
    )
  }
  return reports
}

/** Reads all rows of a table page by page, and counts and sums them up. */
async function passRows(
  end: WorkspaceEnd,
  table: TableShape,
  onPage: OnPage,
  use: (rows: readonly Row[]) => Promise<void> = async () => undefined,
): Promise<TableReport> {
  const hash = createHash('sha256')
  let count = 0
  let after: Row | undefined
  let limit = 50
  for (;;) {
    const rows = await end.page(table, after, limit)
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`)
    for (const line of lines) hash.update(line)
    await use(rows)
    count += rows.length
    onPage(rows.length)
    const last = rows.at(-1)
    if (last === undefined || rows.length < limit) break
    after = keyOf(table, last)
    limit = nextLimit(
      rows.length,
      lines.reduce((sum, { length }) => sum + length, 0),
    )
  }
  return { name: table.name, rows: count, checksum: hash.digest('hex') }
}

/** Pages of long rows are short, so that memory stays bounded. */
function nextLimit(rows: number, characters: number): number {
  const wanted = Math.floor(pageCharacters / Math.max(1, characters / rows))
  return Math.max(fewestRows, Math.min(mostRows, wanted, rows * 4))
}

async function refuseAtWork(source: WorkspaceEnd, now: Date): Promise<void> {
  const until = await source.leasedUntil(now)
  if (until === undefined) return
  throw new InviteMeError(
    'STORE_BUSY',
    `A process is at work on ${source.place} (what it took is held until ${until.toISOString()}). Stop every process that uses it and repeat.`,
    { field: 'from' },
  )
}

async function refuseOtherVersion(target: WorkspaceEnd, migrations: readonly string[]): Promise<void> {
  const made = await target.migrations()
  if (made.at(-1) === migrations.at(-1)) return
  throw new InviteMeError(
    'STORE_UNAVAILABLE',
    `The source is of another version (its last migration is "${migrations.at(-1) ?? ''}") than the target ("${made.at(-1) ?? ''}"). Open the source once with this version, invite-me doctor does, and repeat.`,
    { field: 'from' },
  )
}

/** The tables are found in the databases themselves: what one has and the other does not would be lost without a word. */
async function refuseOtherTables(target: WorkspaceEnd, tables: readonly TableShape[]): Promise<void> {
  const names = (shapes: readonly TableShape[]): string =>
    shapes
      .map(({ name, columns }) => `${name}(${columns.map((column) => column.name).join()})`)
      .toSorted()
      .join('; ')
  if (names(await target.tables()) === names(tables)) return
  throw new InviteMeError('INTERNAL', 'The two databases do not have the same tables and columns.')
}

async function refuseFilled(target: WorkspaceEnd, tables: readonly TableShape[]): Promise<void> {
  for (const table of tables) {
    if ((await target.page(table, undefined, 1)).length === 0) continue
    throw new InviteMeError(
      'STORE_UNAVAILABLE',
      `The workspace in ${target.place} is not empty: there are ${table.name}. Name an empty one.`,
      { field: 'to' },
    )
  }
}

function refuseUnfit(target: WorkspaceTarget, table: TableShape, rows: readonly Row[]): void {
  for (const row of rows)
    for (const [place, cell] of row.entries()) {
      const reason = target.refusal(cell)
      if (reason === undefined) continue
      const column = table.columns[place]?.name ?? ''
      // Keys of some tables are addresses: only an id may be named.
      const id = row[table.columns.findIndex(({ name }) => name === 'id')]
      throw new InviteMeError(
        'REQUEST_INVALID',
        `A row cannot be copied: ${table.name}.${column}${typeof id === 'string' ? ` of "${id}"` : ''} ${reason}.`,
        { field: `${table.name}.${column}` },
      )
    }
}

function refuseDifferent(read: readonly TableReport[], kept: readonly TableReport[]): void {
  for (const [place, one] of read.entries()) {
    const other = kept[place]
    if (one.rows === other?.rows && one.checksum === other.checksum) continue
    throw new InviteMeError(
      'INTERNAL',
      `The copy of ${one.name} is not what was read (${String(one.rows)} rows read, ${String(other?.rows ?? 0)} kept); nothing was kept.`,
    )
  }
}
