import {
  inviteMe,
  type InviteMeTest,
  type InviteMeTestOptions,
  type OutboxEntry,
} from '@invite-me/core/testing'
import { onTestFinished } from 'vitest'

/** Starts an engine that ends with its test. */
export async function startEngine(options: InviteMeTestOptions = {}): Promise<InviteMeTest> {
  const t = await inviteMe.test(options)
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
