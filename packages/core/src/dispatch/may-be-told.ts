import type { Delivery } from '../model/delivery.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { Channel, EditReason } from '../ports/channel.ts'
import type { ChannelAddress, StoreParts } from '../ports/store.ts'

/** An edit that is about to leave, and to whom. */
export interface EditInQuestion {
  readonly channel: Channel
  /** Its `position` is that of the route the message left by. */
  readonly delivery: Delivery
  readonly message: Message
  readonly invitation: InvitationRecord | undefined
  readonly reason: EditReason
}

/**
 * Whether a person may be told by an edit. Changing a message in its place tells nobody anything new, so it is always done.
 * A calendar is told by another message: who said stop gets none, but who said yes must learn of another time, and that it
 * is off. An address that is dead, or called us spam, gets nothing.
 */
export async function mayBeTold(parts: StoreParts, edit: EditInQuestion): Promise<boolean> {
  const { channel, delivery, message } = edit
  const isInPlace =
    message.content.calendar === undefined || channel.supports.edits?.includes('calendar') !== true
  const route = delivery.plan[delivery.position]
  if (isInPlace || route === undefined) return true
  const refusal = await refusalOf(parts, delivery, route)
  return refusal === undefined || (refusal === 'opted_out' && mustLearn(edit))
}

async function refusalOf(
  parts: StoreParts,
  { recipientId }: Delivery,
  { channel, address }: ChannelAddress,
): Promise<string | undefined> {
  const suppressed = await parts.recipients.suppressed([{ channel, address }])
  // Who refused a category still learns what became of what they were sent before.
  const everything = suppressed.find(({ category }) => category === null)
  if (everything !== undefined) return everything.reason
  const [recipient] = recipientId === null ? [] : await parts.recipients.byIds([recipientId])
  const route = recipient?.routes.find((known) => known.channel === channel && known.address === address)
  return route === undefined || route.state === 'open' ? undefined : route.state
}

/** A question that was called off after "no" plans no such edit, so one with an answer was answered with yes. */
function mustLearn({ invitation, reason }: EditInQuestion): boolean {
  const isAnswered = invitation !== undefined && invitation.revision > 0
  return isAnswered && (reason.kind === 'updated' || reason.kind === 'cancelled')
}
