import { afterAll, beforeAll, describe, test } from 'vitest'
import {
  emptyWorkspace,
  explainNoPostgres,
  privatePostgres,
  type PrivatePostgres,
} from '../../../../tests/peers/postgres-server.ts'
import { storeContract } from '../testing/store-contract.ts'
import { postgres } from './postgres.ts'

const missing = explainNoPostgres()
const newestMissing = explainNoPostgres('embedded')

describe.skipIf(missing !== undefined)(`Postgres ${missing ?? ''}`, () => {
  storeContract({
    test,
    create: async () => {
      const { url, schema, remove } = await emptyWorkspace()
      return { open: () => postgres({ url, schema, connections: 4 }).open(), remove }
    },
  })
})

describe.skipIf(newestMissing !== undefined)(`Postgres 18 ${newestMissing ?? ''}`, () => {
  let server: PrivatePostgres
  let schemas = 0
  beforeAll(async () => {
    // What a power cut would cost is asked elsewhere.
    server = await privatePostgres({ version: 'embedded', settings: { fsync: 'off' } })
  }, 30_000)
  afterAll(() => server.close(), 30_000)

  storeContract({
    test,
    create: async () => {
      const schema = `contract_${String((schemas += 1))}`
      return { open: () => postgres({ url: server.url, schema, connections: 4 }).open() }
    },
  })
})
