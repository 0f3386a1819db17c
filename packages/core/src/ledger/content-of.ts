import type { DeliveryContents } from '../model/delivery-contents.ts'
import type { Content, Message } from '../model/message.ts'
import type { StoreParts } from '../ports/store.ts'

/** What a message says to one delivery, by channel. */
export type Words = ReadonlyMap<string, DeliveryContents['contents']>

/** What is left of words that were erased. */
const nothing: Content = { text: '' }

/** Reads the words of those deliveries that have their own; for messages that say the same to all nothing is read. */
export async function wordsOf(
  parts: Pick<StoreParts, 'templates'>,
  deliveries: readonly {
    readonly deliveryId: string
    readonly message: Pick<Message, 'content'> | undefined
  }[],
): Promise<Words> {
  const ids = deliveries.flatMap(({ deliveryId, message }) =>
    message?.content.template === undefined ? [] : [deliveryId],
  )
  if (ids.length === 0) return new Map()
  const found = await parts.templates.contents([...new Set(ids)])
  return new Map(found.map(({ deliveryId, contents }) => [deliveryId, contents]))
}

/**
 * What a message says to one delivery. A calendar entry is the message's own.
 * @param channel `null` where no channel is in play
 */
export function contentOf(
  words: Words,
  { content }: Pick<Message, 'content'>,
  deliveryId: string,
  channel: string | null,
): Content {
  if (content.template === undefined) return content
  const own = words.get(deliveryId)
  const said = own === undefined ? nothing : (own.channels[channel ?? ''] ?? own.common)
  return content.calendar === undefined ? said : { ...said, calendar: content.calendar }
}
