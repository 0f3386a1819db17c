import type { NewDomainEvent } from '../model/domain-event.ts'
import type { Delivery } from '../model/delivery.ts'
import type { ClaimedDelivery, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import type { Progress } from '../rules/decide-next.ts'
import { deliveryEvent } from '../rules/record.ts'
import { settlementOf, type SettlementChanges } from '../rules/settlement.ts'
import { closeIfUnreachable } from './close-invitation.ts'

/**
 * Writes what was decided about a delivery a worker holds, with all that follows from it: what is announced, and the end
 * of a question nobody can be reached for.
 *
 * @returns whether it was still ours; when not, nothing was written
 */
export async function settle(
  world: World,
  parts: StoreParts,
  delivery: ClaimedDelivery,
  progress: Progress,
  changes: Omit<SettlementChanges, 'now'> = {},
): Promise<boolean> {
  const now = new Date(world.clock.now())
  const settlement = settlementOf(delivery, progress, { now, ...changes })
  const settled = await parts.deliveries.settle([{ ...settlement, leaseToken: delivery.leaseToken }])
  if (settled.length === 0) return false
  await announceEnd(world, parts, delivery, progress, now)
  return true
}

/**
 * The same for a delivery no worker holds: a late bounce, a cancellation.
 * @returns false when a worker holds it after all; nothing was written then
 */
export async function rewrite(
  world: World,
  parts: StoreParts,
  delivery: Delivery,
  progress: Progress,
): Promise<boolean> {
  const now = new Date(world.clock.now())
  const written = await parts.deliveries.rewrite([settlementOf(delivery, progress, { now })])
  if (written.length === 0) return false
  await announceEnd(world, parts, delivery, progress, now)
  return true
}

async function announceEnd(
  world: World,
  parts: StoreParts,
  delivery: Delivery,
  progress: Progress,
  now: Date,
): Promise<void> {
  const event = endEvent(delivery, progress, now)
  if (event === undefined) return
  await parts.outbox.append([event])
  await closeIfUnreachable(world, parts, delivery, progress)
}

function endEvent(delivery: Delivery, progress: Progress, now: Date): NewDomainEvent | undefined {
  const data = { reason: progress.reason }
  switch (progress.state) {
    case 'failed':
      return deliveryEvent('delivery.failed', delivery, now, data)
    case 'suppressed':
      return deliveryEvent('delivery.suppressed', delivery, now, data)
    case 'expired':
      return deliveryEvent('delivery.expired', delivery, now, data)
    case 'cancelled':
      return deliveryEvent('delivery.cancelled', delivery, now, data)
    case 'planned':
    case 'held':
    case 'queued':
    case 'sending':
    case 'sent':
    case 'delivered':
    case 'read':
      return undefined
  }
}
