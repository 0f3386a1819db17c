import {
  inviteMe,
  virtualClock,
  type InviteMeTest,
  type InviteMeTestOptions,
  type OutboxEntry,
} from '@invite-me/core/testing'
import { onTestFinished } from 'vitest'
import { newWorkspace } from '../worlds/workspace.ts'
import { world } from '../worlds/world.ts'

/** Starts an engine that ends with its test, in the world the tests run in unless a store is given. */
export async function startEngine(options: InviteMeTestOptions = {}): Promise<InviteMeTest> {
  const { clock = virtualClock() } = options
  const place = options.store === undefined && world !== 'embedded' ? await newWorkspace() : undefined
  const t = await inviteMe.test({ ...(await place?.process(clock)), ...options, clock })
  onTestFinished(() => t.stop())
  return t
}

/** Somebody without a profile who has both of the usual channels. */
export const sam = { name: 'Sam', routes: { telegram: 'sam', email: 'sam@guests.test' } }

/** What was sent, by which channel, how long after the start in ms, and what the channel said. */
export function told(
  outbox: readonly OutboxEntry[],
  startMs: number,
): readonly (readonly [string, number, string])[] {
  return outbox.map(({ channel, at, outcome }) => [
    channel,
    at.getTime() - startMs,
    outcome?.status ?? 'waiting',
  ])
}
