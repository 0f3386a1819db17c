import type { DeliveryReason } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'
import type { SkipReason } from '../model/plan.ts'
import { expireInvitation } from '../ledger/close-invitation.ts'
import { decisionInput } from '../ledger/decision-input.ts'
import { settle } from '../ledger/settle.ts'
import type { ClaimedDelivery, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { decideNextRoute, waiting } from '../rules/decide-next.ts'
import { deliveryReceipt, routeOf } from '../rules/record.ts'
import { progressOf, stoodDown } from '../rules/settlement.ts'
import { newId } from '../rules/uuid.ts'

/** A taken delivery that is not sent, and why: the question is over, or this route may no longer be used. */
export type Ending =
  | {
      readonly delivery: ClaimedDelivery
      readonly reason: Extract<DeliveryReason, 'answered' | 'cancelled' | 'deadline'>
      /** Id of the question that is over; `null` when it is another reason that ends it. */
      readonly question: string | null
    }
  | {
      readonly delivery: ClaimedDelivery
      readonly reason: 'skip'
      readonly message: Message
      readonly skip: SkipReason
    }

/** Settles a taken delivery that is not sent: another route, or the end. */
export async function endDelivery(world: World, parts: StoreParts, ending: Ending): Promise<void> {
  if (ending.reason === 'skip') {
    await skipRoute(world, parts, ending)
    return
  }
  const { delivery, reason } = ending
  if (await isOpenAgain(parts, ending)) {
    const progress = progressOf(delivery)
    // As it was, so that the next look takes it anew.
    await settle(world, parts, delivery, { ...progress, state: waiting(progress.state) })
    return
  }
  const now = new Date(world.clock.now())
  const kind = reason === 'deadline' ? 'expired' : 'cancelled'
  const about = { ...routeOf(delivery), detail: reason }
  await parts.receipts.append([deliveryReceipt(newId(world), kind, delivery, now, about)])
  await settle(world, parts, delivery, stoodDown(progressOf(delivery), reason))
  if (reason === 'deadline') await expireInvitation(world, parts, delivery)
}

/** That a question is over is believed only of one that is locked: an answer may be taken back at this moment. */
async function isOpenAgain(
  parts: StoreParts,
  { reason, question }: Exclude<Ending, { reason: 'skip' }>,
): Promise<boolean> {
  if (reason === 'deadline' || question === null) return false
  return (await parts.invitations.lock(question))?.state === 'pending'
}

/** The person, or the host, no longer wants this route used. */
async function skipRoute(
  world: World,
  parts: StoreParts,
  { delivery, message, skip }: Extract<Ending, { reason: 'skip' }>,
): Promise<void> {
  const isTheirWish = skip === 'opted_out' || skip === 'suppressed'
  const input = decisionInput(world, delivery, message)
  const { progress } = decideNextRoute(input, isTheirWish ? 'opted_out' : 'no_route')
  const hasEnded = progress.state === 'failed'
  const now = new Date(world.clock.now())
  await parts.receipts.append([
    deliveryReceipt(newId(world), hasEnded ? 'suppressed' : 'skipped', delivery, now, {
      ...routeOf(delivery),
      detail: skip,
    }),
  ])
  await settle(
    world,
    parts,
    delivery,
    hasEnded && isTheirWish ? { ...progress, state: 'suppressed' } : progress,
  )
}
