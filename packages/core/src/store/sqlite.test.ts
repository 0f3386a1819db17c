import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { storeContract } from '../testing/store-contract.ts'
import { sqlite } from './sqlite.ts'

describe('SQLite on a file', () => {
  storeContract({
    test,
    create: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'invite-me-store-'))
      const file = join(folder, 'invites.db')
      return {
        open: () => sqlite(file, { synchronous: 'normal' }).open(),
        remove: () => rm(folder, { recursive: true }),
      }
    },
  })
})

describe('SQLite in memory', () => {
  const alone = 'a database in memory belongs to one connection and ends with it'
  storeContract({
    test,
    create: async () => ({ open: () => sqlite(':memory:').open() }),
    exceptions: {
      'two connections see each other’s work, whole': alone,
      'what was written is there after the store was closed and opened again': alone,
      'workers on different connections never take the same': alone,
      'workers on different connections never take the same edits': alone,
      'of two connections that lock an invitation and answer it at once, one is first': alone,
      'a reader that follows the cursor misses nothing of two connections': alone,
    },
  })
})
