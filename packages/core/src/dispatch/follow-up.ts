import { isAnswered } from '../model/invitation.ts'
import { houseLane } from '../model/lane.ts'
import type { ReceiptKind } from '../model/receipt.ts'
import { expireInvitation } from '../ledger/close-invitation.ts'
import { decisionInput } from '../ledger/decision-input.ts'
import { settle } from '../ledger/settle.ts'
import type { ClaimedDelivery, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { decideFollowUp, type Decision } from '../rules/decide-next.ts'
import { deliveryReceipt, routeOf } from '../rules/record.ts'
import { newId } from '../rules/uuid.ts'
import { forEachByQuestion, lockQuestions } from './by-question.ts'
import { findMessages, type MessageCache } from './message-cache.ts'
import type { Lease } from './take-work.ts'

const batch = 200

/**
 * Does the engine's own chores that are due: gives up waiting for an answer on one route, reminds, expires.
 * Taken and settled in one transaction.
 *
 * @returns how many were done; as many as a batch means there may be more
 */
export async function followUp(
  world: World,
  lease: Lease,
  cache: MessageCache,
  patienceMs: number,
): Promise<number> {
  const work = async (parts: StoreParts) => {
    const claims = await parts.deliveries.claimDue({
      channel: '',
      lane: houseLane,
      now: new Date(world.clock.now()),
      limit: batch,
      worker: lease.worker,
      leaseUntil: lease.until,
    })
    if (claims.length === 0) return 0
    const messages = await findMessages(
      parts,
      claims.map(({ messageId }) => messageId),
      cache,
    )
    // That a question is over is believed only of one that is locked: an answer may be taken back at this moment.
    const invitations = await lockQuestions(parts, claims)
    await forEachByQuestion(claims, async (delivery) => {
      const message = messages.get(delivery.messageId)
      if (message === undefined) return
      const state = invitations.get(delivery.invitationId ?? '')?.state ?? 'pending'
      const decision = decideFollowUp(decisionInput(world, delivery, message), {
        isAnswered: isAnswered(state),
        isClosed: state !== 'pending',
      })
      await carryOut(world, parts, delivery, decision)
    })
    return claims.length
  }
  return world.store.transaction(work, { patienceMs, alone: true })
}

async function carryOut(
  world: World,
  parts: StoreParts,
  delivery: ClaimedDelivery,
  { kind, progress }: Decision,
): Promise<void> {
  const now = new Date(world.clock.now())
  const isDeadline = kind === 'ended' && progress.reason === 'deadline'
  const told: ReceiptKind | undefined = isDeadline
    ? 'expired'
    : kind === 'fallback'
      ? 'gave_up_waiting'
      : kind === 'remind'
        ? 'reminder_due'
        : undefined
  if (told !== undefined) {
    const rule = delivery.plan[delivery.position]
    const detail = kind === 'fallback' && rule?.use === true ? `not_${rule.next.unless}_in_time` : null
    await parts.receipts.append([
      deliveryReceipt(newId(world), told, delivery, now, { ...routeOf(delivery), detail }),
    ])
  }
  await settle(world, parts, delivery, progress)
  if (isDeadline) await expireInvitation(world, parts, delivery)
}
