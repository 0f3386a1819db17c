import { expect, test } from 'vitest'
import type { Message } from '../model/message.ts'
import type { StoreParts } from '../ports/store.ts'
import { sampleAccepted } from '../testing/store-samples.ts'
import { findMessages, rememberMessage, type MessageCache } from './message-cache.ts'

const messageOf = (number: number): Message => sampleAccepted(number).message

/** A store that finds every message, and lets `meanwhile` happen while it looks. */
function storeOf(messages: readonly Message[], meanwhile: () => void): StoreParts {
  const byIds = async (ids: readonly string[]): Promise<readonly Message[]> => {
    meanwhile()
    return messages.filter(({ id }) => ids.includes(id))
  }
  return { messages: { byIds } } as unknown as StoreParts
}

test('a message that is pushed out of the cache while others are read is found all the same', async () => {
  const cache: MessageCache = new Map()
  const [cached, stored] = [messageOf(1), messageOf(2)]
  rememberMessage(cache, cached)
  const store = storeOf([stored], () => {
    for (let number = 3; number < 5_000; number += 1) rememberMessage(cache, messageOf(number))
  })
  const found = await findMessages(store, [cached.id, stored.id], cache)
  expect(cache.has(cached.id)).toBe(false)
  expect([...found.keys()].toSorted()).toEqual([cached.id, stored.id].toSorted())
})

test('the cache does not grow with the messages that pass, and keeps the latest', () => {
  const cache: MessageCache = new Map()
  for (let number = 1; number <= 10_000; number += 1) rememberMessage(cache, messageOf(number))
  expect(cache.size).toBeLessThanOrEqual(2_500)
  expect(cache.has(messageOf(10_000).id)).toBe(true)
})
