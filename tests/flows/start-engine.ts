import {
  inviteMe,
  virtualClock,
  type InviteMeTest,
  type InviteMeTestOptions,
  type OutboxEntry,
  type VirtualClock,
} from '@invite-me/core/testing'
import { onTestFinished } from 'vitest'
import type { HttpWay } from '../worlds/over-http.ts'
import { patientClock } from '../worlds/patient-clock.ts'
import { newWorkspace } from '../worlds/workspace.ts'
import { hasBroker, world } from '../worlds/world.ts'

/** Starts an engine that ends with its test, in the world the tests run in unless a store is given. */
export async function startEngine(options: InviteMeTestOptions = {}): Promise<InviteMeTest> {
  const { clock: given = virtualClock() } = options
  const clock = hasBroker ? withoutGathering(given) : given
  const place = options.store === undefined && world !== 'embedded' ? await newWorkspace() : undefined
  const overHttp = world === 'server' ? (await import('../worlds/over-http.ts')).overHttp : undefined
  let way: HttpWay | undefined
  const t = await inviteMe.test({
    ...(await place?.process(clock)),
    ...(overHttp !== undefined && {
      through: async (engine, log) => (way = await overHttp(engine, clock, log)).inviteMe,
    }),
    ...options,
    clock: world === 'embedded' ? clock : patientClock(clock),
  })
  const stop: InviteMeTest['stop'] = async (deadlineMs) => {
    await way?.stop()
    await t.stop(deadlineMs)
  }
  onTestFinished(() => stop())
  return { ...t, stop }
}

/** How long a scheduler gathers what comes one by one before it hands it to a broker, in ms. */
const gatheringMs = 20

/** Hands out at once, so that a story goes by the same minutes and milliseconds in every world. */
function withoutGathering(clock: VirtualClock): VirtualClock {
  return {
    ...clock,
    schedule: (delayMs, run, options) => clock.schedule(delayMs === gatheringMs ? 0 : delayMs, run, options),
  }
}

/**
 * What a wait brings that must have come true by now. Over HTTP a request that began at that very moment may find it out only by its
 * second look, a second later; elsewhere no time is to pass.
 */
export async function soon<Result>(clock: VirtualClock, waiting: Promise<Result>): Promise<Result> {
  if (world === 'server') await clock.advance('1s')
  return waiting
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
