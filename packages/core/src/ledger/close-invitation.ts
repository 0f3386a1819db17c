import type { Delivery } from '../model/delivery.ts'
import type { InvitationRecord, InvitationState } from '../model/invitation.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import type { Progress } from '../rules/decide-next.ts'
import { invitationEvent } from '../rules/record.ts'
import { planEdits } from './plan-edits.ts'

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
  const { invitationId } = delivery
  if (invitationId === null || !hasMissed(state)) return
  // Locked before the others are looked at: of two that end at the same time, the later sees the other.
  const invitation = await parts.invitations.lock(invitationId)
  // Words said back are of another message: that they did not arrive, or did, says nothing about the question.
  if (invitation === undefined || delivery.messageId !== invitation.messageId) return
  const all = await parts.deliveries.list({ invitationId }, { limit: 100 })
  const others = all.filter(({ id, messageId }) => id !== delivery.id && messageId === invitation.messageId)
  if (others.some((other) => !hasMissed(other.state))) return
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
  if (state === 'expired') await tellWhereItWasSent(world, parts, invitation)
  await parts.outbox.append([invitationEvent(`invitation.${state}`, invitation, now, data)])
}

async function tellWhereItWasSent(
  world: World,
  parts: StoreParts,
  { id, messageId }: InvitationRecord,
): Promise<void> {
  const message = await parts.messages.byId(messageId)
  if (message === undefined) return
  const deliveries = await parts.deliveries.list({ invitationId: id }, { limit: 100 })
  await planEdits(world, parts, { message, deliveries, reason: 'closed' })
}
