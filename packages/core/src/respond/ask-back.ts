import type { Delivery } from '../model/delivery.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { Plan, PlannedRoute } from '../model/plan.ts'
import { newDelivery } from '../ledger/new-delivery.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { deliveryReceipt } from '../rules/record.ts'
import { newId } from '../rules/uuid.ts'
import { messageOf, type Found } from './find-delivery.ts'

/** Individual and immediate: somebody has just written and waits for a word. */
const lane = 2

/**
 * Says something back to a person who has answered, on the route they answered by, as a message like any other: durable,
 * with receipts, refused by those who opted out. It belongs to the same question, so a reply to it answers that question.
 */
export async function askBack(
  world: World,
  parts: StoreParts,
  { delivery, position }: Found,
  text: string,
): Promise<void> {
  const route = delivery.plan[position]
  if (route === undefined || !(await isStillKnown(parts, delivery))) return
  const original = await messageOf(parts, delivery)
  const now = new Date(world.clock.now())
  const message = wordBack(world, original, text, now)
  const sent = newDelivery(world, message, delivery.invitationId, delivery, planBack(route))
  await parts.messages.insert([{ message, request: null, invitations: [], deliveries: [sent] }])
  await parts.receipts.append([
    deliveryReceipt(newId(world), 'asked_back', delivery, now, {
      channel: route.channel,
      routeId: route.routeId,
    }),
  ])
}

/** Nothing is written about a person who has been forgotten meanwhile, nor are they while it is. */
async function isStillKnown(parts: StoreParts, { recipientId }: Delivery): Promise<boolean> {
  if (recipientId === null) return true
  const [recipient] = await parts.recipients.byIds([recipientId])
  const held = recipient === undefined ? [] : await parts.recipients.hold([recipient.externalId])
  return held.some(({ id }) => id === recipientId)
}

/** A person is asked back once about a question; after that a human is needed, or two machines would talk for ever. */
export async function wasAskedBack(
  parts: StoreParts,
  { id: invitationId, messageId }: InvitationRecord,
): Promise<boolean> {
  const deliveries = await parts.deliveries.list({ invitationId }, { limit: 100 })
  return deliveries.some((delivery) => delivery.messageId !== messageId)
}

/** True for words said back, rather than a question that was asked or a notice. */
export async function isWordBack(
  parts: StoreParts,
  { invitationId, messageId }: Pick<Delivery, 'invitationId' | 'messageId'>,
): Promise<boolean> {
  const [invitation] = invitationId === null ? [] : await parts.invitations.byIds([invitationId])
  return invitation !== undefined && invitation.messageId !== messageId
}

function wordBack(world: World, { content, ...original }: Message, text: string, now: Date): Message {
  return {
    ...original,
    id: newId(world),
    content: { ...(content.subject !== undefined && { subject: content.subject }), text },
    lane,
    routing: 'fallback',
    answer: null,
    // Who has just written is awake.
    urgency: 'immediate',
    remindersMs: [],
    key: null,
    createdAt: now,
  }
}

function planBack({ channel, routeId, address }: PlannedRoute): Plan {
  const next = { unless: 'accepted' as const, withinMs: null }
  return [{ channel, routeId, address, use: true, reason: 'needs_no_answer', next }]
}
