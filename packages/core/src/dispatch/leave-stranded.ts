import { decisionInput } from '../ledger/decision-input.ts'
import { settle } from '../ledger/settle.ts'
import type { ClaimedDelivery, NextDue, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { decideStranded, type Decision } from '../rules/decide-next.ts'
import { deliveryReceipt, routeOf } from '../rules/record.ts'
import { newId } from '../rules/uuid.ts'
import { forEachByQuestion, lockQuestions } from './by-question.ts'
import { findMessages, type MessageCache } from './message-cache.ts'
import type { Lease } from './take-work.ts'

const batch = 100

/**
 * While a channel's circuit is open its messages are not sent and cost no try. Those that have waited longer than a route
 * may take go on to their next route, so that an outage of one provider does not hold up whom another could reach.
 *
 * @param waiting what is due first in each lane of the channel: an outage is long, and lanes in which nobody has waited long
 *   enough are not asked for at every look
 * @returns how many were looked at
 */
export async function leaveStranded(
  world: World,
  waiting: readonly NextDue[],
  lease: Lease,
  cache: MessageCache,
): Promise<number> {
  const waitedSince = new Date(world.clock.now() - world.settings.policies.retry.withinMs)
  const stranded = waiting.filter(({ at }) => at <= waitedSince)
  if (stranded.length === 0) return 0
  const leave = async (parts: StoreParts): Promise<number> => {
    const claims: ClaimedDelivery[] = []
    for (const { channel, lane } of stranded) {
      const request = {
        channel,
        lane,
        now: waitedSince,
        limit: batch,
        worker: lease.worker,
        leaseUntil: lease.until,
      }
      claims.push(...(await parts.deliveries.claimDue(request)))
    }
    const messageIds = claims.map(({ messageId }) => messageId)
    const messages = claims.length === 0 ? undefined : await findMessages(parts, messageIds, cache)
    await lockQuestions(parts, claims)
    await forEachByQuestion(claims, async (delivery) => {
      const message = messages?.get(delivery.messageId)
      if (message === undefined) return
      await carryOut(world, parts, delivery, decideStranded(decisionInput(world, delivery, message)))
    })
    return claims.length
  }
  return world.store.transaction(leave, { alone: true })
}

async function carryOut(
  world: World,
  parts: StoreParts,
  delivery: ClaimedDelivery,
  { kind, progress }: Decision,
): Promise<void> {
  if (kind !== 'retry') {
    const now = new Date(world.clock.now())
    const why = { outcome: 'retryable', scope: 'provider', detail: 'the provider is not working' } as const
    await parts.receipts.append([
      deliveryReceipt(newId(world), 'failed', delivery, now, { ...routeOf(delivery), ...why }),
    ])
  }
  await settle(world, parts, delivery, progress)
}
