import type { NewDomainEvent } from '../model/domain-event.ts'
import type { DeliveryReason } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'
import type { SkipReason } from '../model/plan.ts'
import type { ReceiptKind } from '../model/receipt.ts'
import type { ClaimedDelivery, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import {
  decideNextRoute,
  type DecisionInput,
  type MessageTerms,
  type Progress,
} from '../rules/decide-next.ts'
import { deliveryEvent, deliveryReceipt, invitationEvent } from '../rules/record.ts'
import { progressOf, settlementOf, stoodDown } from '../rules/settlement.ts'
import { newId } from '../rules/uuid.ts'

/** A taken delivery that is not sent, and why: the question is over, or this route may no longer be used. */
export type Ending =
  | {
      readonly delivery: ClaimedDelivery
      readonly message: Message | undefined
      readonly reason: Extract<DeliveryReason, 'answered' | 'cancelled' | 'deadline'>
    }
  | {
      readonly delivery: ClaimedDelivery
      readonly message: Message
      readonly reason: 'skip'
      readonly skip: SkipReason
    }

/** The person, or the host, no longer wants this route used. */
export function skipRoute(delivery: ClaimedDelivery, message: Message, skip: SkipReason): Ending {
  return { delivery, message, reason: 'skip', skip }
}

/** What of a message decides the way of its deliveries. */
export function termsOf(message: Message): MessageTerms {
  return {
    wantsAnswer: message.answer !== null,
    onUnknown: message.onUnknown,
    remindersMs: message.remindersMs,
    untilMs: message.until?.getTime() ?? null,
  }
}

/** Everything a rule needs to decide about a delivery now. */
export function decisionInput(world: World, delivery: ClaimedDelivery, message: Message): DecisionInput {
  return {
    delivery,
    progress: progressOf(delivery),
    terms: termsOf(message),
    policies: world.settings.policies,
    nowMs: world.clock.now(),
    fraction: world.random.fraction(),
  }
}

/** Settles a taken delivery that is not sent: another route, or the end. */
export async function endDelivery(world: World, parts: StoreParts, ending: Ending): Promise<void> {
  const { delivery } = ending
  const now = new Date(world.clock.now())
  const planned = delivery.plan[delivery.position]
  const about = { channel: planned?.channel ?? null, routeId: planned?.routeId ?? null }
  if (ending.reason === 'skip') {
    const { progress } = decideNextRoute(
      decisionInput(world, delivery, ending.message),
      ending.skip === 'opted_out' || ending.skip === 'suppressed' ? 'opted_out' : 'no_route',
    )
    const isEnd = progress.state === 'failed'
    const ended =
      isEnd && progress.reason === 'opted_out' ? { ...progress, state: 'suppressed' as const } : progress
    await parts.receipts.append([
      deliveryReceipt(newId(world), isEnd ? 'suppressed' : 'skipped', delivery, now, {
        ...about,
        detail: ending.skip,
      }),
    ])
    await settleEnding(world, parts, delivery, ended)
    return
  }
  const kinds: Record<typeof ending.reason, ReceiptKind> = {
    answered: 'cancelled',
    cancelled: 'cancelled',
    deadline: 'expired',
  }
  await parts.receipts.append([
    deliveryReceipt(newId(world), kinds[ending.reason], delivery, now, { ...about, detail: ending.reason }),
  ])
  await settleEnding(world, parts, delivery, stoodDown(progressOf(delivery), ending.reason))
  if (ending.reason === 'deadline') await expireInvitation(world, parts, delivery)
}

async function settleEnding(
  world: World,
  parts: StoreParts,
  delivery: ClaimedDelivery,
  progress: Progress,
): Promise<void> {
  const now = new Date(world.clock.now())
  await parts.deliveries.settle([
    { ...settlementOf(delivery, progress, { now }), leaseToken: delivery.leaseToken },
  ])
  await parts.outbox.append(endEvents(delivery, progress, now))
  await closeIfUnreachable(world, parts, delivery, progress)
}

/** What is announced when a delivery ends. */
export function endEvents(
  delivery: ClaimedDelivery,
  progress: Progress,
  now: Date,
): readonly NewDomainEvent[] {
  const data = { reason: progress.reason }
  switch (progress.state) {
    case 'failed':
      return [deliveryEvent('delivery.failed', delivery, now, data)]
    case 'suppressed':
      return [deliveryEvent('delivery.suppressed', delivery, now, data)]
    case 'expired':
      return [deliveryEvent('delivery.expired', delivery, now, data)]
    case 'cancelled':
      return [deliveryEvent('delivery.cancelled', delivery, now, data)]
    case 'planned':
    case 'held':
    case 'queued':
    case 'sending':
    case 'sent':
    case 'delivered':
    case 'read':
      return []
  }
}

/** Ends the question when its deadline has passed; does nothing when it was answered or ended before. */
export async function expireInvitation(
  world: World,
  parts: StoreParts,
  delivery: ClaimedDelivery,
): Promise<void> {
  if (delivery.invitationId === null) return
  const invitation = await parts.invitations.lock(delivery.invitationId)
  if (invitation?.state !== 'pending') return
  const now = new Date(world.clock.now())
  await parts.invitations.update({ ...invitation, state: 'expired', closedAt: now })
  await parts.outbox.append([invitationEvent('invitation.expired', invitation, now, {})])
}

/** Ends the question as unreachable when the last of its deliveries has ended without arriving. */
export async function closeIfUnreachable(
  world: World,
  parts: StoreParts,
  delivery: ClaimedDelivery,
  progress: Progress,
): Promise<void> {
  if (delivery.invitationId === null || (progress.state !== 'failed' && progress.state !== 'suppressed'))
    return
  const invitation = await parts.invitations.lock(delivery.invitationId)
  if (invitation?.state !== 'pending') return
  const others = await parts.deliveries.list({ invitationId: invitation.id }, { limit: 100 })
  if (
    others.some(
      (other) => other.id !== delivery.id && other.state !== 'failed' && other.state !== 'suppressed',
    )
  )
    return
  const now = new Date(world.clock.now())
  await parts.invitations.update({ ...invitation, state: 'unreachable', closedAt: now })
  await parts.outbox.append([
    invitationEvent('invitation.unreachable', invitation, now, { reason: progress.reason }),
  ])
}
