import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DomainEvent, Store } from '@invite-me/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startScript, type ScriptProcess } from '../chaos/worker-process.ts'
import { emptyWorkspace, explainNoPostgres } from '../peers/postgres-server.ts'
import { waitUntil } from '../peers/wait-until.ts'
import { allEvents, brokenRules } from './invariants.ts'
import { openPlace, type StormPlace } from './storm-place.ts'
import type { StormNews, StormOptions } from './storm-worker.ts'

const missing = explainNoPostgres()
const script = fileURLToPath(new URL('storm-worker.ts', import.meta.url))
/** Of each process. `INVITE_ME_RACES_OPERATIONS` asks for more, `INVITE_ME_RACES_SEED` for the same again. */
const operations = Number(process.env['INVITE_ME_RACES_OPERATIONS'] ?? 150)
const seed = Number(process.env['INVITE_ME_RACES_SEED'] ?? 1 + Math.floor(Math.random() * 1_000_000))
const channels = ['chat', 'post']

async function startWorker(options: StormOptions): Promise<ScriptProcess> {
  const worker = await startScript(script, options)
  onTestFinished(async () => {
    if (worker.child.connected) worker.child.disconnect()
    const late = setTimeout(() => worker.child.kill('SIGKILL'), 10_000)
    await worker.gone
    clearTimeout(late)
  })
  return worker
}

function work({ child }: ScriptProcess): Promise<StormNews> {
  return new Promise((resolve, reject) => {
    child.once('message', (news) => resolve(news as StormNews))
    child.once('exit', () => reject(new Error('A process of the storm has died.')))
    child.send('go')
  })
}

/** Reads the outbox as it grows; nothing may appear behind it. */
function follow(store: Store): () => Promise<readonly DomainEvent[]> {
  const read: DomainEvent[] = []
  let isEnding = false
  const reading = (async () => {
    for (;;) {
      const isLast = isEnding
      read.push(...(await allEvents(store, read.at(-1)?.cursor ?? 0)))
      if (isLast) return read
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  // Whoever asks is told; a test that failed before does not.
  reading.catch(() => undefined)
  return () => {
    isEnding = true
    return reading
  }
}

async function isQuiet(store: Store): Promise<boolean> {
  const [pending] = await store.invitations.list({ state: 'pending' }, { limit: 1 })
  if (pending !== undefined || (await store.deliveries.nextDue(['', ...channels])).length > 0) return false
  return (await store.edits.nextDueAt(channels)) === undefined
}

/** @returns a line for everything that is not as promised */
async function storm(place: StormPlace, processes: number): Promise<readonly string[]> {
  const store = await openPlace(place).open()
  onTestFinished(() => store.close())
  const lastCall = new Date(Date.now() + 25_000).toISOString()
  const workers = await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      startWorker({ place, operations, lastCall, seed: seed * 10 + index }),
    ),
  )
  const heard = follow(store)
  const news = await Promise.all(workers.map(work))
  await waitUntil('nothing is left to do', () => isQuiet(store), 60_000)
  const cursors = async (events: Promise<readonly DomainEvent[]>) =>
    (await events).map(({ cursor }) => cursor).join()
  const isInOrder = (await cursors(heard())) === (await cursors(allEvents(store)))
  // Whoever is refused may try again, but has been kept waiting for seconds: on a slow machine it happens to few.
  const busy = news.flatMap((one) => one.busy)
  const isTooBusy = busy.length > (operations * processes) / 100
  const missed = isInOrder ? [] : ['not so: whoever follows the events misses none']
  return [
    ...news.flatMap(({ errors }) => errors),
    ...(isTooBusy
      ? [`not so: the store is rarely busy (${String(busy.length)} times: ${busy.join(' · ')})`]
      : []),
    ...missed,
    ...(await brokenRules(store)),
  ]
}

describe(`random work of several processes (seed ${String(seed)})`, () => {
  test.skipIf(missing !== undefined)('keeps every promise on Postgres', async () => {
    const workspace = await emptyWorkspace()
    onTestFinished(() => workspace.remove())
    const { url, schema } = workspace
    expect(await storm({ url, schema }, 3)).toEqual([])
  })

  test('keeps every promise on one SQLite file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'invite-me-races-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    expect(await storm({ file: join(folder, 'invites.db') }, 2)).toEqual([])
  })
})
