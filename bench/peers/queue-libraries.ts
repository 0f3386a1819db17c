import { randomBytes } from 'node:crypto'
import { Queue as BullQueue, Worker } from 'bullmq'
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import { PgBoss } from 'pg-boss'
import { privateRedis, type PrivateRedis } from '../../tests/peers/redis-server.ts'
import { measurePeer, type PeerRun } from './receipt-table.ts'

const quiet = new Logger(() => () => undefined)

/** pg-boss with its LISTEN/NOTIFY wake-up, jobs fetched in batches and done side by side. */
export function pgBossRate(load: PeerRun): Promise<number> {
  return measurePeer(load, async ({ url, schema, writeReceipt }) => {
    const boss = new PgBoss({
      connectionString: url,
      schema,
      supervise: false,
      schedule: false,
      useListenNotify: true,
    })
    boss.on('error', () => undefined)
    await boss.start()
    await boss.createQueue('messages', { notify: true })
    await boss.work<{ readonly id: string }>(
      'messages',
      { batchSize: load.batch, pollingIntervalSeconds: 0.5, localConcurrency: 2, burstWhenBatchFull: true },
      async (jobs) => {
        await Promise.all(jobs.map(({ data }) => writeReceipt(data.id)))
      },
    )
    return {
      put: (id) => boss.send('messages', { id }),
      stop: () => boss.stop({ graceful: false }),
    }
  })
}

/** graphile-worker with as many jobs at once as there are callers. */
export function graphileWorkerRate(load: PeerRun): Promise<number> {
  return measurePeer(load, async ({ url, schema, writeReceipt }) => {
    const shared = { connectionString: url, schema, logger: quiet }
    const utils = await makeWorkerUtils(shared)
    await utils.migrate()
    const runner = await run({
      ...shared,
      concurrency: load.batch,
      maxPoolSize: 20,
      noHandleSignals: true,
      taskList: { message: async (payload) => writeReceipt((payload as { readonly id: string }).id) },
    })
    return {
      put: (id) => utils.addJob('message', { id }),
      stop: async () => {
        await runner.stop()
        await utils.release()
      },
    }
  })
}

/**
 * BullMQ on a Redis of its own, the receipt in Postgres.
 *
 * @param isKept jobs are on disk when they count as put in, as they are everywhere else here
 */
export async function bullRate(load: PeerRun, isKept: boolean): Promise<number> {
  const redis = await privateRedis({ isKept })
  try {
    return await bullRateOn(redis, load)
  } finally {
    await redis.close()
  }
}

function bullRateOn({ port }: PrivateRedis, load: PeerRun): Promise<number> {
  return measurePeer(load, async ({ writeReceipt }) => {
    const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }
    const name = `bench-${randomBytes(4).toString('hex')}`
    const queue = new BullQueue<{ readonly id: string }>(name, { connection })
    const worker = new Worker<{ readonly id: string }>(name, async ({ data }) => writeReceipt(data.id), {
      connection,
      concurrency: load.batch,
    })
    await worker.waitUntilReady()
    return {
      put: (id) => queue.add('message', { id }, { removeOnComplete: true }),
      stop: async () => {
        await worker.close()
        await queue.obliterate({ force: true })
        await queue.close()
      },
    }
  })
}
