import { isAnswered, type InvitationRecord } from '../model/invitation.ts'
import type { ResponseRecord } from '../model/response.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { invitationEvent, invitationReceipt } from '../rules/record.ts'
import { countTowardsQuorum, holdQuorum } from '../ledger/quorum.ts'
import { progressOf, settlementOf } from '../rules/settlement.ts'
import { newId } from '../rules/uuid.ts'
import type { Found } from './find-delivery.ts'
import { lockUnchanged } from './until-free.ts'

const nothing = { state: 'pending', value: null } as const

/**
 * A vote was taken back: the question is open again until its deadline. Nothing is sent anew, since the person has it before
 * them. Does nothing when there is no answer to take back, when the one that counts came another way or from somebody else, or
 * when it is too late.
 */
export async function withdrawAnswer(
  world: World,
  parts: StoreParts,
  { delivery }: Found,
  { via, isFromAnother }: { readonly via: string; readonly isFromAnother: boolean },
): Promise<void> {
  if (delivery.invitationId === null) return
  const quorum = await holdQuorum(parts, delivery.invitationId)
  const invitation = await parts.invitations.lock(delivery.invitationId)
  const now = new Date(world.clock.now())
  if (invitation === undefined || !isAnswered(invitation.state) || invitation.via !== via) return
  if (invitation.until !== null && now >= invitation.until) return
  if (isFromAnother && !(await wasProvisional(parts, invitation))) return
  await parts.invitations.update({
    ...invitation,
    state: 'pending',
    value: null,
    via: null,
    answeredAt: null,
    closedAt: null,
  })
  const spec = quorum && (await parts.messages.byId(invitation.messageId))?.answer
  if (spec) await countTowardsQuorum(world, parts, quorum, { spec, invitation, after: nothing })
  const response: ResponseRecord = {
    id: newId(world),
    invitationId: invitation.id,
    deliveryId: delivery.id,
    status: 'withdrawn',
    revision: null,
    value: null,
    via,
    provisional: false,
    at: now,
  }
  await parts.invitations.appendResponse(response)
  await parts.receipts.append([
    invitationReceipt(newId(world), 'withdrawn', invitation, delivery.id, now, { channel: via }),
  ])
  await parts.outbox.append([invitationEvent('invitation.withdrawn', invitation, now, { via })])
  if (invitation.until !== null) await keepDeadline(parts, delivery.id, { until: invitation.until, now })
}

/** Read anew: the answer that is taken back may have stood the delivery down only a moment ago. */
async function keepDeadline(
  parts: StoreParts,
  deliveryId: string,
  { until, now }: { readonly until: Date; readonly now: Date },
): Promise<void> {
  const [delivery] = await parts.deliveries.byIds([deliveryId])
  // Whoever does what is due sees that the question is open again.
  if (delivery === undefined || delivery.dueAt !== null) return
  const progress = { ...progressOf(delivery), step: 'follow_up' as const, dueAtMs: until.getTime() }
  await lockUnchanged(parts, delivery)
  await parts.deliveries.rewrite([settlementOf(delivery, progress, { now })])
}

/** Whether the answer that counts came from another address itself, as votes in a group do. */
async function wasProvisional(parts: StoreParts, { id, revision }: InvitationRecord): Promise<boolean> {
  const responses = await parts.invitations.responses(id)
  return responses.some((response) => response.revision === revision && response.provisional)
}
