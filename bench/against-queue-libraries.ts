import { postgres } from '@invite-me/core/postgres'
import { emptyWorkspace } from '../tests/peers/postgres-server.ts'
import { engineRate, type Load } from './engine-rate.ts'
import { bullRate, graphileWorkerRate, pgBossRate } from './peers/queue-libraries.ts'
import { compare, type Comparison } from './rounds.ts'

const load: Load = { messages: 5_000, batch: 50 }
const least = 3

/** The whole life of a message on Postgres, against queue libraries that run one job a message with one receipt row written. */
export async function againstQueueLibraries(): Promise<readonly Comparison[]> {
  const peers = {
    'pg-boss': pgBossRate,
    'graphile-worker': graphileWorkerRate,
    'BullMQ, jobs on disk': (run: Load) => bullRate(run, true),
    'BullMQ, jobs in memory only': (run: Load) => bullRate(run, false),
  }
  const comparisons: Comparison[] = []
  for (const [name, rate] of Object.entries(peers))
    comparisons.push(
      await compare({
        name: `Postgres, ${String(load.batch)} at once: engine against ${name}`,
        unit: 'messages/s',
        rounds: 3,
        ours: onPostgres,
        reference: () => rate(load),
        goal: { words: `at least ${String(100 * least)} %`, isMet: ({ ratio }) => ratio >= least },
      }),
    )
  return comparisons
}

async function onPostgres(): Promise<number> {
  const { remove, schema, url } = await emptyWorkspace()
  try {
    return await engineRate(postgres({ url, schema }), load)
  } finally {
    await remove()
  }
}
