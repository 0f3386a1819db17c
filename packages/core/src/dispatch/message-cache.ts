import type { Message } from '../model/message.ts'
import type { StoreParts } from '../ports/store.ts'

/** Messages read lately, by id. Messages never change, so a cached one is always right. */
export type MessageCache = Map<string, Message>

const mostCached = 2_000
/** Thrown away at once: looking for the oldest takes longer, the more were thrown away before. */
const mostStale = 500

/** Keeps a message that is about to be sent. The oldest entries give way, many at a time. */
export function rememberMessage(cache: MessageCache, message: Message): void {
  cache.set(message.id, message)
  if (cache.size < mostCached + mostStale) return
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
  // Taken out before the wait, in which others may push them out.
  const found = new Map(ids.flatMap((id) => cache.get(id) ?? []).map((message) => [message.id, message]))
  const missing = [...new Set(ids)].filter((id) => !found.has(id))
  const read = missing.length === 0 ? [] : await parts.messages.byIds(missing)
  for (const message of read) {
    found.set(message.id, message)
    rememberMessage(cache, message)
  }
  return found
}
