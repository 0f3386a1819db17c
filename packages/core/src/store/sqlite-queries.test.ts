import Driver from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { deliveryReader } from './deliveries.ts'
import { inboxReader } from './inbox.ts'
import { invitationStore } from './invitations.ts'
import { migrateToLatest } from './migrate.ts'
import { recipientStore } from './recipients.ts'
import type { Database } from './schema.ts'

const place = { channel: 'sms', address: '+4930123456' }
let database: InstanceType<typeof Driver>
let connection: Parameters<typeof inboxReader>[0]
/** What SQLite does for the statements that were run, a line a step. */
let steps: string[]

beforeAll(async () => {
  database = new Driver(':memory:')
  const db = new Kysely<Database>({
    dialect: new SqliteDialect({ database }),
    log: ({ query: { sql, parameters } }) => {
      if (!/^(select|update|delete)/.test(sql)) return
      const explain = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      steps.push(...explain.all(...parameters).map(({ detail }) => detail))
    },
  })
  steps = []
  await migrateToLatest(db)
  connection = { db, run: (work) => work() }
})
afterAll(() => database.close())
beforeEach(() => {
  steps = []
})

test('the questions of an address are read from the index of what was sent to it', async () => {
  const { byAddress } = invitationStore(connection, false)
  await byAddress(place, { states: ['pending'], limit: 9 })
  await byAddress(place, { limit: 1 })
  expect(steps).toMatchInlineSnapshot(`
    [
      "SEARCH attempts USING INDEX attempts_by_address (channel=? AND address=?)",
      "SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id=?)",
      "SEARCH invitations USING COVERING INDEX invitations_by_state (state=? AND id=?)",
      "USE TEMP B-TREE FOR GROUP BY",
      "SEARCH attempts USING INDEX attempts_by_address (channel=? AND address=?)",
      "SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id=?)",
      "SEARCH invitations USING COVERING INDEX sqlite_autoindex_invitations_1 (id=?)",
      "USE TEMP B-TREE FOR GROUP BY",
    ]
  `)
})

test('an attempt is found by its provider’s id, or by another one, without reading others', async () => {
  await deliveryReader(connection, false).attemptByProviderId('sms', 'SM1')
  expect(steps).toMatchInlineSnapshot(`
    [
      "MERGE (UNION ALL)",
      "LEFT",
      "SEARCH attempts USING INDEX attempts_by_provider_id (channel=? AND provider_message_id=?)",
      "USE TEMP B-TREE FOR ORDER BY",
      "RIGHT",
      "SEARCH provider_ids USING COVERING INDEX sqlite_autoindex_provider_ids_1 (channel=? AND id=?)",
      "SEARCH attempts USING INDEX sqlite_autoindex_attempts_1 (delivery_id=? AND number=?)",
      "USE TEMP B-TREE FOR ORDER BY",
    ]
  `)
})

test('a page of an inbox and what is unread in it are read from their own indexes, in order', async () => {
  const { list, count } = inboxReader(connection)
  await list(place, { after: 'item-1', limit: 10 })
  await list({ ...place, only: 'unread' }, { limit: 10 })
  await count({ ...place, only: 'unread' })
  await count({ ...place, only: 'unacknowledged' })
  expect(steps).toMatchInlineSnapshot(`
    [
      "SEARCH inbox_items USING INDEX inbox_items_of_address (channel=? AND address=? AND id<?)",
      "SEARCH inbox_items USING INDEX inbox_items_unread (channel=? AND address=?)",
      "SEARCH inbox_items USING INDEX inbox_items_unread (channel=? AND address=?)",
      "SEARCH inbox_items USING INDEX inbox_items_unacknowledged (channel=? AND address=?)",
    ]
  `)
})

test('an address that moves is looked for where it is used, not everywhere', async () => {
  await recipientStore(connection).moveAddress(place, '+4930654321')
  expect(steps.filter((step) => step.startsWith('SCAN'))).toEqual([])
  expect(steps.filter((step) => step.startsWith('SEARCH deliveries'))).toMatchInlineSnapshot(`
    [
      "SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id=?)",
      "SEARCH deliveries USING INDEX deliveries_of_recipient (recipient_id=?)",
    ]
  `)
})
