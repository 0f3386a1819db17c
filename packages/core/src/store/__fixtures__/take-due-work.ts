import { parentPort, workerData } from 'node:worker_threads'
import { sampleClaim } from '../../testing/store-samples.ts'
import { sqlite } from '../sqlite.ts'

/** Takes due work of a file until nothing is left, and tells which. */
const { file, worker } = workerData as { readonly file: string; readonly worker: string }
const store = await sqlite(file, { synchronous: 'normal' }).open()
const taken: string[] = []
for (;;) {
  const claims = await store.transaction((parts) => parts.deliveries.claimDue(sampleClaim({ worker, limit: 5 })))
  if (claims.length === 0) break
  taken.push(...claims.map(({ id }) => id))
}
await store.close()
parentPort?.postMessage(taken)
