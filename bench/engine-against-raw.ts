import { sqlite } from '@invite-me/core/sqlite'
import Database from 'better-sqlite3'
import { engineRate, type Load } from './engine-rate.ts'
import { rawRate } from './raw-rate.ts'
import { compare, type Comparison } from './rounds.ts'
import { withWorkspaceFile } from './workspace-file.ts'

const messages = 20_000
const least = 0.6

/** The whole life of a message through the public face, against prepared statements that write the same rows. */
export async function engineAgainstRaw(): Promise<readonly Comparison[]> {
  const load = (batch: number): Load => ({ messages, batch })
  return [await atBatch(load(50)), await atBatch(load(500))]
}

function atBatch(load: Load): Promise<Comparison> {
  return compare({
    name: `accept, claim, send, receipt, ${String(load.batch)} at once: engine against raw statements`,
    unit: 'messages/s',
    rounds: 9,
    ours: () =>
      withWorkspaceFile(async (path) => {
        const rate = await engineRate(sqlite(path), load)
        refuseUnequalWork(path, load.messages)
        return rate
      }),
    reference: () =>
      withWorkspaceFile(async (path) => {
        await (await sqlite(path).open()).close()
        const rate = await rawRate(path, load)
        refuseUnequalWork(path, load.messages)
        return rate
      }),
    goal: { words: `at least ${String(100 * least)} %`, isMet: ({ ratio }) => ratio >= least },
  })
}

/** Rows a message leaves in each table when it was sent at the first try. */
const rowsPerMessage = { messages: 1, deliveries: 1, attempts: 1, receipts: 1, outbox: 2 }

/**
 * A comparison of unequal work would be worth nothing.
 * @throws when a table does not hold the rows it must
 */
function refuseUnequalWork(path: string, sent: number): void {
  const database = new Database(path, { readonly: true })
  const countOf = (table: string, where = '') =>
    database.prepare<[], number>(`SELECT count(*) FROM ${table} ${where}`).pluck().get()
  const counted = Object.keys(rowsPerMessage).map((table) => [table, countOf(table)])
  const expected = Object.entries(rowsPerMessage).map(([table, rows]) => [table, rows * sent])
  const settled = countOf('deliveries', `WHERE state = 'sent' AND due_at IS NULL AND lease_until IS NULL`)
  database.close()
  if (JSON.stringify(counted) !== JSON.stringify(expected) || settled !== sent)
    throw new Error(
      `Expected ${JSON.stringify(expected)} rows and ${String(sent)} settled deliveries, found ${JSON.stringify(counted)} and ${String(settled)}.`,
    )
}
