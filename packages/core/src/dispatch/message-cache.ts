import type { Message } from '../model/message.ts'
import type { StoreParts } from '../ports/store.ts'

/** Messages read lately, by id. Messages never change, so a cached one is always right. */
export type MessageCache = Map<string, Message>

const mostCached = 2_000

/** Keeps a message that is about to be sent. The oldest entries give way. */
export function rememberMessage(cache: MessageCache, message: Message): void {
  cache.set(message.id, message)
  for (const oldest of cache.keys()) {
    if (cache.size <= mostCached) break
    cache.delete(oldest)
  }
}

/** Reads messages, from the cache where they are in it. */
export async function findMessages(
  parts: StoreParts,
  ids: readonly string[],
  cache: MessageCache,
): Promise<ReadonlyMap<string, Message>> {
  const missing = [...new Set(ids)].filter((id) => !cache.has(id))
  const read = missing.length === 0 ? [] : await parts.messages.byIds(missing)
  const found = new Map(ids.flatMap((id) => cache.get(id) ?? []).map((message) => [message.id, message]))
  for (const message of read) {
    found.set(message.id, message)
    rememberMessage(cache, message)
  }
  return found
}
