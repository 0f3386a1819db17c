import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { invitationEvent, invitationReceipt } from '../rules/record.ts'
import { newId } from '../rules/uuid.ts'
import type { Found } from './find-delivery.ts'

/** Keeps a wish for the host: another time, a question. It answers nothing and changes nothing. */
export async function recordProposal(
  world: World,
  parts: StoreParts,
  { delivery }: Found,
  { text, via }: { readonly text: string; readonly via: string },
): Promise<void> {
  const [invitation] =
    delivery.invitationId === null ? [] : await parts.invitations.byIds([delivery.invitationId])
  if (invitation === undefined) return
  const now = new Date(world.clock.now())
  await parts.invitations.appendResponse({
    id: newId(world),
    invitationId: invitation.id,
    deliveryId: delivery.id,
    status: 'proposed',
    revision: null,
    value: text.slice(0, 2_000),
    via,
    provisional: false,
    at: now,
  })
  await parts.receipts.append([
    invitationReceipt(newId(world), 'proposed', invitation, delivery.id, now, { channel: via }),
  ])
  await parts.outbox.append([invitationEvent('response.proposed', invitation, now, { via })])
}
