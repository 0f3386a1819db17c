import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreOpener } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import type { InviteMeTestOptions, VirtualClock } from '@invite-me/core/testing'
import { afterAll, onTestFinished } from 'vitest'
import { hasBroker, world } from './world.ts'

/** What an engine is made with, beside its own options: what a process of its own would have. */
export type ProcessOptions = Pick<InviteMeTestOptions, 'store' | 'queue' | 'notifier'>

/** A place to keep things in, which several processes of one test may use. */
export interface Workspace {
  /** Opens it as it is, without an engine. */
  store(): StoreOpener
  process(clock: VirtualClock): Promise<ProcessOptions>
}

/** The connections of a process that was killed are gone: a broker gives its work to others, and not to it. */
export async function cutOff({ queue }: ProcessOptions): Promise<void> {
  await queue?.close()
}

// What the tests of a file share is gone after the last of them.
afterAll(async () => {
  if (hasBroker) await (await import('./brokers.ts')).dropQueues()
  if (world !== 'embedded') await (await import('./postgres-schemas.ts')).dropSchemas()
})

/** Makes an empty workspace of the world the tests run in. It ends with its test. */
export async function newWorkspace(): Promise<Workspace> {
  const store = world === 'embedded' ? await sqliteFile() : await postgresSchema()
  const middle = await middleware()
  return {
    store,
    process: async (clock) => ({ store: store(), ...(await middle(clock)) }),
  }
}

async function sqliteFile(): Promise<() => StoreOpener> {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-flow-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return () => sqlite(join(folder, 'invites.db'), { synchronous: 'normal' })
}

async function postgresSchema(): Promise<() => StoreOpener> {
  const { takeSchema } = await import('./postgres-schemas.ts')
  const schema = await takeSchema()
  onTestFinished(() => schema.release())
  return () => schema.open()
}

type Middleware = (clock: VirtualClock) => Promise<Pick<ProcessOptions, 'queue' | 'notifier'>>

/** What stands between the processes of this world beside the store. */
async function middleware(): Promise<Middleware> {
  if (!hasBroker) return async () => ({})
  const { brokers } = await import('./brokers.ts')
  return brokers(world)
}
