import { postgres } from '@invite-me/core/postgres'
import { Client } from 'pg'
import { emptyWorkspace } from '../tests/peers/postgres-server.ts'
import { engineRate, type Load } from './engine-rate.ts'
import { postgresRawRate } from './postgres-raw-rate.ts'
import { compare, type Comparison } from './rounds.ts'

const messages = 20_000
const least = 0.6

/** The whole life of a message through the public face on Postgres, against statements of many rows that write the same rows. */
export async function postgresAgainstRaw(): Promise<readonly Comparison[]> {
  const load = (batch: number): Load => ({ messages, batch })
  return [await atBatch(load(50)), await atBatch(load(500))]
}

function atBatch(load: Load): Promise<Comparison> {
  return compare({
    name: `Postgres: accept, claim, send, receipt, ${String(load.batch)} at once: engine against raw statements`,
    unit: 'messages/s',
    rounds: 5,
    ours: () => inSchema(load, (url, schema) => engineRate(postgres({ url, schema }), load)),
    reference: () =>
      inSchema(load, async (url, schema) => {
        await (await postgres({ url, schema }).open()).close()
        return postgresRawRate(url, schema, load)
      }),
    goal: { words: `at least ${String(100 * least)} %`, isMet: ({ ratio }) => ratio >= least },
  })
}

async function inSchema(load: Load, work: (url: string, schema: string) => Promise<number>): Promise<number> {
  const workspace = await emptyWorkspace()
  try {
    const rate = await work(workspace.url, workspace.schema)
    await refuseUnequalWork(workspace.url, workspace.schema, load.messages)
    return rate
  } finally {
    await workspace.remove()
  }
}

/** Rows a message leaves in each table when it was sent at the first try. */
const rowsPerMessage = { messages: 1, deliveries: 1, attempts: 1, receipts: 1, outbox: 2 }

/**
 * A comparison of unequal work would be worth nothing.
 * @throws when a table does not hold the rows it must
 */
async function refuseUnequalWork(connectionString: string, schema: string, sent: number): Promise<void> {
  const client = new Client({ connectionString, options: `-c search_path=${schema}` })
  await client.connect()
  const countOf = async (from: string) =>
    Number((await client.query<{ readonly count: string }>(`SELECT count(*) FROM ${from}`)).rows[0]?.count)
  const wrong: string[] = []
  for (const [table, rows] of Object.entries(rowsPerMessage))
    if ((await countOf(table)) !== rows * sent) wrong.push(table)
  const settled = await countOf(`deliveries WHERE state = 'sent' AND due_at IS NULL AND lease_until IS NULL`)
  await client.end()
  if (wrong.length > 0 || settled !== sent)
    throw new Error(
      `Wrong number of rows in: ${wrong.join(', ') || 'none'}; ${String(settled)} settled of ${String(sent)}.`,
    )
}
