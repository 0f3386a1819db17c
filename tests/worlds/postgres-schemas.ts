import { postgres } from '@invite-me/core/postgres'
import type { StoreOpener } from '@invite-me/core'
import { Client } from 'pg'
import { emptyWorkspace, type PostgresWorkspace } from '../peers/postgres-server.ts'

/** Connections of one engine: a test has several engines, and tests run beside each other. */
const connections = 4

/** A schema for one test; making one takes longer than most tests, so it is emptied and used again. */
export interface PostgresSchema {
  open(): StoreOpener
  /** Empties it, for the next test of this process. */
  release(): Promise<void>
}

const free: PostgresWorkspace[] = []

/** Takes an empty schema on the server the tests use. */
export async function takeSchema(): Promise<PostgresSchema> {
  const workspace = free.pop() ?? (await emptyWorkspace())
  const { url, schema } = workspace
  return {
    open: () => postgres({ url: withoutFlush(url), schema, connections }),
    release: async () => {
      await emptyTables(workspace)
      free.push(workspace)
    },
  }
}

/** Drops the schemas of this process; called when its last test has ended. */
export async function dropSchemas(): Promise<void> {
  for (const workspace of free.splice(0)) await workspace.remove()
  await (await cleaner)?.end()
  cleaner = undefined
}

/** The connection that cleans up after the tests of this process; a new one costs more than the cleaning. */
let cleaner: Promise<Client> | undefined

async function cleanerOf(url: string): Promise<Client> {
  const client = new Client({ connectionString: withoutFlush(url), connectionTimeoutMillis: 5_000 })
  await client.connect()
  return client
}

async function emptyTables({ url, schema }: PostgresWorkspace): Promise<void> {
  const client = await (cleaner ??= cleanerOf(url))
  const { rows } = await client.query<{ readonly name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
       WHERE schemaname = $1 AND tablename NOT LIKE 'kysely%'`,
    [schema],
  )
  // Few rows each: deleting them is ten times as fast as giving every table a new file.
  await client.query(rows.map(({ name }) => `DELETE FROM ${name}`).join(';'))
}

/** Power does not fail in these stories; what waits for the disk only waits. */
function withoutFlush(url: string): string {
  const place = new URL(url)
  place.searchParams.set('options', '-c synchronous_commit=off')
  return place.href
}
