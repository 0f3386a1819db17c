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
      'workers on different connections that are given the same names never take the same': alone,
      'of two that lock and change the same delivery at once, none overwrites the other': alone,
      'of two connections that lock an invitation and answer it at once, one is first': alone,
      'a reader that follows the cursor misses nothing of two connections': alone,
      'of many answers by two connections each sees those before it': alone,
      'of many on two connections who reach a quorum at once, one hears of it': alone,
      'who reads a topic on from the last cursor misses nothing, while two connections write': alone,
      'a key is revoked once, and seen so by every connection': alone,
      'a secret is what the first who asks makes, for every connection': alone,
      'two connections that fan out at once make one posting of each event': alone,
      'two connections that save at once get a version each': alone,
      'two connections never take the same posting, until a lease has run out': alone,
      'of two connections one at a time has a turn, until it runs out or is given back': alone,
      'of many connections that want a turn at once one gets it': alone,
    },
  })
})
