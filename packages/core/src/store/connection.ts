import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

/** What the parts of a store work on. Outside a transaction `run` waits for its turn; inside it runs at once. */
export interface Connection {
  readonly db: Kysely<Database>
  run<Result>(work: () => Promise<Result>): Promise<Result>
}

/** Reads rows for many keys in portions, since a statement takes a bounded number of parameters (SQLite: 32,766). */
export async function inPortions<Key, Result>(
  keys: readonly Key[],
  read: (portion: readonly Key[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const size = 500
  if (keys.length <= size) return keys.length === 0 ? [] : read(keys)
  const found: Result[] = []
  for (let start = 0; start < keys.length; start += size)
    found.push(...(await read(keys.slice(start, start + size))))
  return found
}
