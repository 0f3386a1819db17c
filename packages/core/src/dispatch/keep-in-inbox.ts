import type { Attempt } from '../model/attempt.ts'
import type { Delivery } from '../model/delivery.ts'
import { topicOfPerson } from '../model/topic.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { deliveryEvent } from '../rules/record.ts'
import { newId } from '../rules/uuid.ts'

/** Puts a message into the person's inbox within the host app; a reminder takes the place of the first one, unread. */
export async function keepInInbox(
  world: World,
  parts: StoreParts,
  delivery: Delivery,
  { channel, position }: Attempt,
): Promise<void> {
  const now = new Date(world.clock.now())
  const address = delivery.plan[position]?.address ?? ''
  const { id: deliveryId, messageId, invitationId, recipientId } = delivery
  const item = { id: newId(world), address, channel, deliveryId, messageId, invitationId, recipientId }
  await parts.inbox.add([{ ...item, createdAt: now, readAt: null, acknowledgedAt: null }])
  const event = deliveryEvent('inbox.added', delivery, now, { channel, itemId: item.id, inbox: address })
  // An inbox may be of somebody without a profile, whom only its address names.
  await parts.outbox.append([{ ...event, topic: topicOfPerson(address) }])
}
