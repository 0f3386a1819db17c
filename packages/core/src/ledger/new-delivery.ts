import type { Delivery } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'
import type { Plan } from '../model/plan.ts'
import type { World } from '../ports/world.ts'
import { nextUsable } from '../rules/plan-delivery.ts'
import { newId } from '../rules/uuid.ts'

/** To whom a delivery goes. */
export type Addressed = Pick<Delivery, 'recipientId' | 'to' | 'name' | 'locale'>

/**
 * A delivery nobody has tried yet: due at once, or failed when its plan has no usable route.
 *
 * @param heldUntil when it falls due instead
 */
export function newDelivery(
  world: World,
  message: Message,
  invitationId: string | null,
  { recipientId, to, name, locale }: Addressed,
  plan: Plan,
  heldUntil: Date | null = null,
): Delivery {
  const position = nextUsable(plan, 0)
  const hasRoute = position !== -1
  return {
    id: newId(world),
    messageId: message.id,
    invitationId,
    recipientId,
    to,
    name,
    locale,
    state: hasRoute ? (heldUntil === null ? 'queued' : 'held') : 'failed',
    reason: hasRoute ? null : 'no_route',
    lane: message.lane,
    plan,
    position,
    step: 'send',
    dueAt: hasRoute ? (heldUntil ?? message.createdAt) : null,
    attempts: 0,
    tries: 0,
    routeSince: null,
    acceptedAt: null,
    firstAcceptedAt: null,
    reminders: 0,
    doubtful: false,
    crashes: 0,
    createdAt: message.createdAt,
    updatedAt: message.createdAt,
  }
}
