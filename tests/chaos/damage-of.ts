import { DatabaseSync } from 'node:sqlite'

/** What SQLite finds wrong with a file; `undefined` when it is healthy. */
export function damageOf(file: string): string | undefined {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const row = database.prepare('PRAGMA integrity_check').get() as { readonly integrity_check: string }
    return row.integrity_check === 'ok' ? undefined : row.integrity_check
  } finally {
    database.close()
  }
}
