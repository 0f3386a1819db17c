import assert from 'node:assert/strict'
import type { NewDomainEvent } from '../../model/domain-event.ts'
import type { EventFilter, Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { sampleEvent } from '../store-samples.ts'

const published = (topic: string, number: number): NewDomainEvent =>
  sampleEvent(number, {
    type: 'topic.published',
    topic,
    messageId: null,
    deliveryId: null,
    invitationId: null,
  })
const append = (store: Store, events: readonly NewDomainEvent[]): Promise<void> =>
  store.transaction((parts) => parts.outbox.append(events))

/** Reads all a filter finds, `size` events at a time. */
async function readAll(store: Store, filter: EventFilter, size: number): Promise<readonly number[]> {
  const seen: number[] = []
  for (let cursor = 0; ;) {
    const page = await store.outbox.after(cursor, size, filter)
    seen.push(...page.map(({ data }) => Number(data['number'])))
    cursor = page.at(-1)?.cursor ?? cursor
    if (page.length < size) return seen
  }
}

/** Whether what a live topic carries is found again, and nothing else. */
export const topicQuestions = {
  'a topic carries what names it, and nothing of another': async ({ store }) => {
    const topics = ['group:7', 'group:70', 'group:7', 'event:7', 'Group:7']
    await append(store, [sampleEvent(9), ...topics.map(published)])
    const carried = (topic: string): Promise<readonly number[]> =>
      readAll(store, { topic, recipientId: null }, 10)
    assert.deepEqual(await carried('group:7'), [0, 2])
    assert.deepEqual(await carried('group:70'), [1])
    assert.deepEqual(await carried('event:7'), [3])
    assert.deepEqual(await carried("group:' OR 1=1 --"), [])
    const [first] = await store.outbox.after(0, 1, { topic: 'group:7', recipientId: null })
    assert.equal(first?.topic, 'group:7')
    assert.equal('topic' in ((await store.outbox.after(0, 1))[0] ?? {}), false)
  },

  'a person’s topic carries what is theirs and what names it, in order, each once': async ({ store }) => {
    const both = { recipientId: 'recipient-1', topic: 'user:ann' }
    await append(store, [
      sampleEvent(0, { recipientId: 'recipient-1' }),
      sampleEvent(1, { recipientId: 'recipient-2' }),
      sampleEvent(2, { topic: 'user:ann' }),
      sampleEvent(3, both),
      sampleEvent(4, { topic: 'user:bob', recipientId: 'recipient-1' }),
      sampleEvent(5, { topic: 'user:bob' }),
      sampleEvent(6, both),
    ])
    const whole = [0, 2, 3, 4, 6]
    for (const size of [1, 2, 3, 10]) assert.deepEqual(await readAll(store, both, size), whole)
    assert.deepEqual(await readAll(store, { topic: 'user:ann', recipientId: null }, 10), [2, 3, 6])
    assert.deepEqual(await readAll(store, { topic: 'user:eve', recipientId: 'recipient-9' }, 10), [])
  },

  'who reads a topic on from the last cursor misses nothing, while two connections write': async ({
    store,
    open,
  }) => {
    const other = await open()
    const filter = { topic: 'user:ann', recipientId: 'recipient-1' }
    const seen: number[] = []
    let cursor = 0
    const read = async (): Promise<void> => {
      for (const event of await store.outbox.after(cursor, 2, filter)) {
        seen.push(Number(event.data['number']))
        cursor = event.cursor
      }
    }
    for (let number = 0; number < 20; number += 2) {
      const writing = Promise.all([
        append(store, [sampleEvent(number, { topic: filter.topic })]),
        append(other, [sampleEvent(number + 1, { recipientId: filter.recipientId })]),
      ])
      await read()
      await writing
    }
    for (let round = 0; round < 20; round += 1) await read()
    assert.deepEqual(
      seen.toSorted((one, another) => one - another),
      Array.from({ length: 20 }, (_, number) => number),
    )
  },
} satisfies Questions<StoreBench>
