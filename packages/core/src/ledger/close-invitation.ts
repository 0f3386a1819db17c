import type { Delivery } from '../model/delivery.ts'
import type { InvitationState } from '../model/invitation.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import type { Progress } from '../rules/decide-next.ts'
import { invitationEvent } from '../rules/record.ts'

/** Ends the question when its deadline has passed; does nothing when it was answered or ended before. */
export async function expireInvitation(world: World, parts: StoreParts, delivery: Delivery): Promise<void> {
  await closePending(world, parts, delivery, 'expired', {})
}

/** Ends the question as unreachable when the last of its deliveries has ended without arriving. */
export async function closeIfUnreachable(
  world: World,
  parts: StoreParts,
  delivery: Delivery,
  { state, reason }: Progress,
): Promise<void> {
  if (delivery.invitationId === null || !hasMissed(state)) return
  const all = await parts.deliveries.list({ invitationId: delivery.invitationId }, { limit: 100 })
  if (all.some((other) => other.id !== delivery.id && !hasMissed(other.state))) return
  await closePending(world, parts, delivery, 'unreachable', { reason })
}

function hasMissed(state: Delivery['state']): boolean {
  return state === 'failed' || state === 'suppressed'
}

async function closePending(
  world: World,
  parts: StoreParts,
  delivery: Delivery,
  state: Extract<InvitationState, 'expired' | 'unreachable'>,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (delivery.invitationId === null) return
  const invitation = await parts.invitations.lock(delivery.invitationId)
  if (invitation?.state !== 'pending') return
  const now = new Date(world.clock.now())
  await parts.invitations.update({ ...invitation, state, closedAt: now })
  await parts.outbox.append([invitationEvent(`invitation.${state}`, invitation, now, data)])
}
