import Driver from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { migrateToLatest } from '../migrate.ts'
import type { Database } from '../schema.ts'

/** A migrated SQLite database in memory that tells how it does what it is asked. */
export interface ExplainedDatabase {
  readonly db: Kysely<Database>
  /** What SQLite does for the statements that were run, a line a step; may be emptied. */
  readonly steps: string[]
  close(): void
}

/** See {@link ExplainedDatabase}. */
export async function explainedDatabase(): Promise<ExplainedDatabase> {
  const database = new Driver(':memory:')
  const steps: string[] = []
  const db = new Kysely<Database>({
    dialect: new SqliteDialect({ database }),
    log: ({ query: { sql, parameters } }) => {
      if (!/^(select|update|delete|insert)/.test(sql)) return
      const explain = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      steps.push(...explain.all(...parameters).map(({ detail }) => detail))
    },
  })
  await migrateToLatest(db)
  return { db, steps, close: () => void database.close() }
}
