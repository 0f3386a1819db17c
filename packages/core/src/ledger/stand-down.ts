import type { DeliveryReason } from '../model/delivery.ts'
import type { StoreParts } from '../ports/store.ts'
import { standDown } from '../rules/settlement.ts'

/** Ends all work still to be done on an invitation's deliveries; those that have ended stay as they ended. */
export async function standDownAll(
  parts: StoreParts,
  invitationId: string,
  reason: DeliveryReason,
  now: Date,
): Promise<void> {
  const deliveries = await parts.deliveries.list({ invitationId }, { limit: 100 })
  const open = deliveries.filter(({ dueAt }) => dueAt !== null)
  if (open.length === 0) return
  await parts.deliveries.rewrite(open.map((delivery) => standDown(delivery, reason, now)))
}
