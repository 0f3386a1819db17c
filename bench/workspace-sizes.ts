import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { postgres } from '@invite-me/core/postgres'
import { sqlite } from '@invite-me/core/sqlite'
import type { StoreOpener } from '@invite-me/core'
import Database from 'better-sqlite3'
import { Client } from 'pg'
import { emptyWorkspace } from '../tests/peers/postgres-server.ts'
import { withWorkspaceFile } from './workspace-file.ts'

/** Bytes by table, indexes included. */
export type TableBytes = Readonly<Record<string, number>>

/** A workspace whose sizes and costs can be asked for while an engine uses it. */
export interface MeasuredWorkspace {
  readonly store: StoreOpener
  readonly tableBytes: () => Promise<TableBytes>
  /** Rewrites every table without the room that dead rows take. */
  readonly pack: () => Promise<void>
  /** Processor time of a database that is a process of its own, in ms; `null` when it is none, or does not tell. */
  readonly databaseCpuMs: () => Promise<number | null>
}

/** Gives `work` an empty SQLite workspace. */
export function withSqlite<Result>(work: (workspace: MeasuredWorkspace) => Promise<Result>): Promise<Result> {
  return withWorkspaceFile((path) =>
    work({
      store: sqlite(path),
      tableBytes: async () => sqliteBytes(path),
      // Nobody updates a row of SQLite beside the old one.
      pack: async () => undefined,
      databaseCpuMs: async () => null,
    }),
  )
}

function sqliteBytes(path: string): TableBytes {
  const database = new Database(path)
  try {
    database.pragma('wal_checkpoint(TRUNCATE)')
    const rows = database
      .prepare<[], { readonly name: string; readonly bytes: number }>(
        `SELECT coalesce(m.tbl_name, s.name) AS name, sum(s.pgsize) AS bytes FROM dbstat s
           LEFT JOIN sqlite_master m ON m.name = s.name GROUP BY 1`,
      )
      .all()
    const known = Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes]))
    const free = statSync(path).size - rows.reduce((sum, { bytes }) => sum + bytes, 0)
    return { ...known, '(free pages)': free }
  } finally {
    database.close()
  }
}

/** Gives `work` an empty workspace on the Postgres server the tests use. */
export async function withPostgres<Result>(
  work: (workspace: MeasuredWorkspace) => Promise<Result>,
): Promise<Result> {
  const { remove, schema, url } = await emptyWorkspace()
  const named = new URL(url)
  // So that its connections, and what they cost, are found.
  named.searchParams.set('application_name', schema)
  const client = new Client({ connectionString: url })
  await client.connect()
  const ask = async <Row extends object>(text: string): Promise<readonly Row[]> =>
    (await client.query<Row>(text, [schema])).rows
  try {
    return await work({
      store: postgres({ url: named.href, schema }),
      tableBytes: async () => {
        const rows = await ask<{ readonly name: string; readonly bytes: string }>(
          `SELECT c.relname AS name, pg_total_relation_size(c.oid)::text AS bytes
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`,
        )
        return Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]))
      },
      pack: async () => {
        const rows = await ask<{ readonly name: string }>(
          "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1",
        )
        for (const { name } of rows) await client.query(`VACUUM FULL ${name}`)
      },
      databaseCpuMs: async () => {
        const rows = await ask<{ readonly pid: number }>(
          'SELECT pid FROM pg_stat_activity WHERE application_name = $1',
        )
        return cpuMsOf(rows.map(({ pid }) => pid))
      },
    })
  } finally {
    await client.end()
    await remove()
  }
}

/** Ticks of the clock a second by which Linux tells processor time to programs. */
const ticksPerSecond = 100

/** Fields 14 and 15 of `/proc/<pid>/stat`: time in the program and in the kernel on its behalf. */
async function cpuMsOf(pids: readonly number[]): Promise<number | null> {
  try {
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${String(pid)}/stat`, 'utf8')))
    const ticks = lines.map((line) => {
      const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
      return Number(fields[11]) + Number(fields[12])
    })
    return (ticks.reduce((sum, count) => sum + count, 0) * 1_000) / ticksPerSecond
  } catch {
    // Not Linux, or the server is another machine.
    return null
  }
}
