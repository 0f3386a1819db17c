import { InviteMeError } from '../model/error.ts'
import { isAnswered, type InvitationRecord, type InvitationState } from '../model/invitation.ts'
import { standDownAll } from '../ledger/stand-down.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'
import { invitationEvent, invitationReceipt } from '../rules/record.ts'

/**
 * Calls an invitation off: nothing more is sent, no answer counts. Repeating it changes nothing, and an answered or
 * finished one stays as it is, unless it stands in calendars: then whoever said yes must learn that it is off. Where it was sent
 * may have to be told, so who works is to be woken.
 *
 * @returns the state it is in afterwards
 * @throws InviteMeError `INVITATION_UNKNOWN`
 */
export function cancelInvitation(world: World, invitationId: string): Promise<InvitationState> {
  return world.store.transaction((parts) => callOffInvitation(world, parts, invitationId))
}

/** The same within a transaction. */
export async function callOffInvitation(
  world: World,
  parts: StoreParts,
  invitationId: string,
): Promise<InvitationState> {
  const invitation = await parts.invitations.lock(invitationId)
  if (invitation === undefined)
    throw new InviteMeError('INVITATION_UNKNOWN', `There is no invitation "${invitationId}".`, {
      field: 'id',
    })
  if (invitation.state !== 'pending' && !(await isAppointment(parts, invitation))) return invitation.state
  const now = new Date(world.clock.now())
  await parts.invitations.update({ ...invitation, state: 'cancelled', closedAt: now })
  const { messageId, state } = invitation
  const hadDeclined = state === 'declined'
  await standDownAll(world, parts, { invitationId, messageId, reason: 'cancelled', hadDeclined })
  await parts.receipts.append([invitationReceipt(newId(world), 'cancelled', invitation, null, now, {})])
  await parts.outbox.append([invitationEvent('invitation.cancelled', invitation, now, {})])
  return 'cancelled'
}

async function isAppointment(parts: StoreParts, { state, messageId }: InvitationRecord): Promise<boolean> {
  if (!isAnswered(state)) return false
  return (await parts.messages.byId(messageId))?.content.calendar !== undefined
}
