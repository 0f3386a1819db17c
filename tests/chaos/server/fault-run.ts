import { seededRandom } from '@invite-me/core/testing'
import type { InviteMe } from '@invite-me/core'
import { expect } from 'vitest'
import { waitUntil } from '../../peers/wait-until.ts'
import { judge, type Verdict } from '../verdict.ts'
import { HttpClients } from './clients.ts'
import { recoveriesOf, tellRecoveries, type Recovery } from './recovery.ts'
import type { ServerWorld } from './server-world.ts'

/** Longest wait for the last message to be sent, once all faults are over. */
const drainMs = 120_000

/** Seed of the faults of everything in these tests. */
export const seed = Number(process.env['INVITE_ME_CHAOS_SEED'] ?? 20_261_122)

/** One fault, done while messages are coming in. */
export interface Fault {
  /** Completes "when …". */
  readonly what: string
  readonly times: number
  /** Whether a fault of this kind can leave sends of a dispatcher in doubt. */
  readonly mayDouble: boolean
  readonly strike: (world: ServerWorld, random: () => number) => Promise<void>
}

/** What a run came to. */
export interface FaultRun {
  readonly verdict: Verdict
  readonly recoveries: readonly Recovery[]
}

/** Sends messages over HTTP while a fault strikes again and again, and holds the server to its promises. */
export async function runFault(world: ServerWorld, fault: Fault, messages: number): Promise<FaultRun> {
  const clients = new HttpClients(world.url)
  const begin = performance.now()
  await sendUnderFault(world, { fault, messages, clients })
  return expectKept(world, { fault, messages, clients, begin })
}

/** What was sent, and under which fault. */
export interface Sent {
  readonly fault: Omit<Fault, 'strike'>
  readonly messages: number
  readonly clients: HttpClients
  /** When it began, by `performance.now()`. */
  readonly begin: number
}

/**
 * Waits until every message is final, and expects that all of them were accepted, none was lost, and none doubled that was not
 * in flight and is not flagged.
 */
export async function expectKept(
  world: ServerWorld,
  { begin, clients, fault, messages }: Sent,
): Promise<FaultRun> {
  const { accepted } = clients
  const observer = await world.observer()
  try {
    // What is not final by then is a broken promise of the verdict, which names it.
    await waitUntil('every message is final', () => isAllFinal(observer), drainMs).catch(() => undefined)
    const { dispatcherKillsMs, ledger } = world
    const verdict = await judge({ inviteMe: observer, ledger, seed, accepted })
    const recoveries = await recoveriesOf(observer, ledger, dispatcherKillsMs)
    const seconds = Math.round((performance.now() - begin) / 1_000)
    tell(fault, { clients, verdict, recoveries, seconds })
    expectPromises(fault, { accepted, verdict, messages })
    return { verdict, recoveries }
  } finally {
    await observer.stop()
  }
}

/** Each strike falls somewhere within its share of the messages, while calls are under way. */
async function sendUnderFault(
  world: ServerWorld,
  {
    fault,
    messages,
    clients,
  }: { readonly fault: Fault; readonly messages: number; readonly clients: HttpClients },
): Promise<void> {
  const { fraction: random } = seededRandom(seed)
  let sent = 0
  for (let strike = 1; strike <= fault.times; strike += 1) {
    const from = sent
    sent = Math.floor((messages * strike) / (fault.times + 1))
    const moment = from + (0.2 + 0.6 * random()) * (sent - from)
    const calling = world.ledger.nextCall()
    const strikeAmidst = async (): Promise<void> => {
      await waitUntil('the load has begun', () => clients.accepted.size > moment, 60_000)
      await calling
      await fault.strike(world, random)
    }
    await Promise.all([clients.send(from, sent), strikeAmidst()])
  }
  await clients.send(sent, messages)
}

async function isAllFinal(inviteMe: InviteMe): Promise<boolean> {
  const counts = await inviteMe.deliveries.counts()
  return Object.keys(counts).every((state) => state === 'sent' || state === 'failed')
}

function expectPromises(
  { mayDouble }: Sent['fault'],
  {
    accepted,
    verdict,
    messages,
  }: {
    readonly accepted: ReadonlyMap<number, string>
    readonly verdict: Verdict
    readonly messages: number
  },
): void {
  expect(verdict.broken.slice(0, 20)).toEqual([])
  expect(accepted.size).toBe(messages)
  expect(verdict.sent + verdict.failed).toBe(messages)
  expect(verdict.doubles).toBeLessThanOrEqual(verdict.unknownByCrash + verdict.unknownByProvider)
  if (!mayDouble) expect(verdict.unknownByCrash).toBe(0)
}

function tell(
  { times, what }: Sent['fault'],
  {
    clients,
    verdict,
    recoveries,
    seconds,
  }: FaultRun & { readonly clients: HttpClients; readonly seconds: number },
): void {
  const { broken, doubles, failed, unknownByCrash, unknownByProvider } = verdict
  const lost = broken.filter((one) => one.includes('LOST')).length
  console.log(
    `server chaos, ${what} (${String(times)} times): ${String(clients.accepted.size)} accepted, ` +
      `${String(clients.repeats)} asked again, ${String(failed)} failed as planned, ` +
      `${String(doubles)} doubles of ${String(unknownByCrash)} unknown by crash and ${String(unknownByProvider)} by provider, ` +
      `lost ${String(lost)}, ${String(seconds)} s` +
      (recoveries.length === 0 ? '' : `; after the kills: ${tellRecoveries(recoveries)}`),
  )
}
