import type { Delivery } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'
import type { OutboundCalendar } from '../ports/channel.ts'
import type { StoreParts } from '../ports/store.ts'

/** The entry for one person's calendar as it stands now; `undefined` for a message without one. */
export async function calendarOf(
  parts: StoreParts,
  { id }: Pick<Delivery, 'id'>,
  { id: messageId, content }: Pick<Message, 'id' | 'content'>,
): Promise<OutboundCalendar | undefined> {
  if (content.calendar === undefined) return undefined
  const changed = (await parts.messages.rescheduled([messageId])).get(messageId)
  // Each person has an entry of their own, so that nobody's reply can name another's.
  return { ...(changed?.entry ?? content.calendar), uid: id, sequence: changed?.sequence ?? 0 }
}
