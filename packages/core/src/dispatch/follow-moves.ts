import type { Recipient } from '../model/recipient.ts'
import type { Plan, PlannedRoute } from '../model/plan.ts'
import type { ClaimedDelivery, StoreParts } from '../ports/store.ts'

/**
 * Takes deliveries to where their routes lead now, and writes it into their plans. An address that moves takes the plans it
 * finds along; one that was accepted at that very moment still has the address it was planned with.
 *
 * @returns the same deliveries in the same order; the same array when none of their routes has moved
 */
export async function followMoves(
  parts: StoreParts,
  claims: readonly ClaimedDelivery[],
  recipients: ReadonlyMap<string, Recipient>,
): Promise<readonly ClaimedDelivery[]> {
  const moved = claims.flatMap((delivery) => {
    const recipient = recipients.get(delivery.recipientId ?? '')
    const plan = recipient === undefined ? delivery.plan : planNow(delivery.plan, recipient)
    return plan === delivery.plan ? [] : { ...delivery, plan }
  })
  if (moved.length === 0) return claims
  await parts.deliveries.replan(moved.map(({ id, plan }) => ({ deliveryId: id, plan })))
  const movedById = new Map(moved.map((delivery) => [delivery.id, delivery]))
  return claims.map((delivery) => movedById.get(delivery.id) ?? delivery)
}

function planNow(plan: Plan, recipient: Recipient): Plan {
  const now = plan.map((planned) => routeNow(planned, recipient))
  return now.some((planned, index) => planned !== plan[index]) ? now : plan
}

/** A route is known by its address; only when nobody has that any more does its id tell where it went. */
function routeNow(planned: PlannedRoute, { routes }: Recipient): PlannedRoute {
  const ofChannel = routes.filter(({ channel }) => channel === planned.channel)
  if (ofChannel.some(({ address }) => address === planned.address)) return planned
  const moved = ofChannel.find(({ id }) => id === planned.routeId)
  return moved === undefined ? planned : { ...planned, address: moved.address }
}
