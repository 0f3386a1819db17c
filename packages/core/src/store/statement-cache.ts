import type BetterSqlite from 'better-sqlite3'
import type { SqliteDatabase } from 'kysely'

/** Statements kept prepared; more than this store has shapes of queries. */
const mostKept = 300

/** A comment in statements of which callers make ever new ones: they are not kept, and do not drive out the others. */
export const rarelyRepeated = '/* rarely repeated */'

/**
 * The database as the query builder sees it, with statements prepared once for each text: preparing anew each time is
 * a third of what a small query costs. The oldest give way.
 */
export function withStatementCache(database: BetterSqlite.Database): SqliteDatabase {
  const kept = new Map<string, BetterSqlite.Statement>()
  return {
    close: () => {
      database.close()
    },
    prepare: (sql) => {
      const known = kept.get(sql)
      if (known !== undefined) return known
      const statement = database.prepare(sql)
      // Changes of the schema are made once and must not hold tables open.
      if (!/^\s*(select|insert|update|delete)/i.test(sql) || sql.includes(rarelyRepeated)) return statement
      kept.set(sql, statement)
      const [oldest] = kept.keys()
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
      return statement
    },
  }
}
