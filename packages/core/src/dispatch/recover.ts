import { decisionInput } from '../ledger/decision-input.ts'
import { settle } from '../ledger/settle.ts'
import type { ClaimedDelivery, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { decideAfterCrash } from '../rules/decide-next.ts'
import { deliveryReceipt, routeOf } from '../rules/record.ts'
import { newId } from '../rules/uuid.ts'
import { forEachByQuestion, lockQuestions } from './by-question.ts'
import { findMessages, type MessageCache } from './message-cache.ts'
import type { Lease } from './take-work.ts'

const batch = 200

/**
 * Takes over deliveries whose worker died: each may or may not have been sent, so its attempt ends as `unknown` and the
 * next one is marked as a possible duplicate.
 *
 * @returns how many were taken over
 */
export async function recoverAbandoned(world: World, lease: Lease, cache: MessageCache): Promise<number> {
  const recover = async (parts: StoreParts): Promise<number> => {
    const claims = await parts.deliveries.claimAbandoned({
      now: new Date(world.clock.now()),
      limit: batch,
      worker: lease.worker,
      leaseUntil: lease.until,
    })
    const messages =
      claims.length === 0
        ? new Map()
        : await findMessages(
            parts,
            claims.map(({ messageId }) => messageId),
            cache,
          )
    await lockQuestions(parts, claims)
    await forEachByQuestion(claims, async (delivery) => {
      const message = messages.get(delivery.messageId)
      if (message === undefined) return
      const input = decisionInput(world, delivery, message)
      const sinceMs = delivery.updatedAt.getTime()
      await takeOver(world, parts, delivery, decideAfterCrash(input, delivery.crashes + 1, sinceMs).progress)
    })
    return claims.length
  }
  return world.store.transaction(recover, { alone: true })
}

async function takeOver(
  world: World,
  parts: StoreParts,
  delivery: ClaimedDelivery,
  progress: ReturnType<typeof decideAfterCrash>['progress'],
): Promise<void> {
  const now = new Date(world.clock.now())
  const number = delivery.attempts + 1
  await parts.receipts.append([
    deliveryReceipt(newId(world), 'unknown', delivery, now, {
      attempt: number,
      ...routeOf(delivery),
      outcome: 'unknown',
      detail: 'the worker stopped while sending; it may have been sent',
      duplicatePossible: delivery.doubtful,
    }),
  ])
  const attempt = { number, state: 'unknown' as const, providerMessageId: null }
  await settle(world, parts, delivery, progress, { attempt, crashes: delivery.crashes + 1 })
}
