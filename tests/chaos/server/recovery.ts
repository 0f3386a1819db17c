import type { Delivery, InviteMe } from '@invite-me/core'
import type { CallLedger } from '../call-ledger.ts'
import { isOfCrash, readAll } from '../verdict.ts'
import { leaseMs } from './node-patience.ts'

/** What is left of a lease at least when its holder dies: signs of life come at every third of it. */
const leastLeaseMs = leaseMs / 2

/** How the work of one dead dispatcher went on. */
export interface Recovery {
  /** Deliveries it held that were called again. */
  readonly held: number
  /** From the kill until the last of them was taken over, in milliseconds. */
  readonly takenOverMs: number
  /** From the kill to the first and the last first call of somebody else for one of them, in milliseconds. */
  readonly firstMs: number
  readonly lastMs: number
}

/**
 * Measures, for each dispatcher that was killed, how soon the deliveries it held were called by another one. What it held is
 * known by the receipts that say a worker stopped.
 *
 * @param killsMs moments of the kills, in milliseconds since the epoch
 * @returns one for each kill that left something behind
 */
export async function recoveriesOf(
  inviteMe: InviteMe,
  ledger: CallLedger,
  killsMs: readonly number[],
): Promise<readonly Recovery[]> {
  const receipts = await readAll((after) => inviteMe.receipts.list({}, { limit: 1_000, ...after }))
  const deliveries = await readAll((after) => inviteMe.deliveries.list({}, { limit: 1_000, ...after }))
  const byId = new Map(deliveries.map((delivery) => [delivery.id, delivery]))
  const pauses = receipts.filter(isOfCrash).flatMap(({ at, deliveryId }) => {
    const killMs = killsMs.findLast((one) => one <= at.getTime() - leastLeaseMs)
    const callMs = firstCallAfter(at.getTime(), byId.get(deliveryId ?? ''), ledger)
    return killMs === undefined || callMs === undefined
      ? []
      : [{ killMs, takenOverMs: at.getTime() - killMs, pauseMs: callMs - killMs }]
  })
  return [...Map.groupBy(pauses, ({ killMs }) => killMs).values()].map((group) => {
    const lengths = group.map(({ pauseMs }) => pauseMs)
    return {
      held: group.length,
      takenOverMs: Math.max(...group.map(({ takenOverMs }) => takenOverMs)),
      firstMs: Math.min(...lengths),
      lastMs: Math.max(...lengths),
    }
  })
}

/** Says it in a line: `12 taken over after 2000 ms and called after 2100–2400 ms`. */
export function tellRecoveries(recoveries: readonly Recovery[]): string {
  return recoveries
    .map(
      ({ firstMs, held, lastMs, takenOverMs }) =>
        `${String(held)} taken over after ${String(takenOverMs)} ms and called after ${String(firstMs)}–${String(lastMs)} ms`,
    )
    .join(', ')
}

function firstCallAfter(
  momentMs: number,
  delivery: Delivery | undefined,
  ledger: CallLedger,
): number | undefined {
  const calls = (delivery?.plan ?? []).flatMap(({ address, channel }) =>
    channel === 'hook' || channel === 'email' ? ledger.of(channel, address).begunAtMs : [],
  )
  return calls.toSorted((one, other) => one - other).find((callMs) => callMs >= momentMs)
}
