import assert from 'node:assert/strict'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { sampleEvent, sampleId, sampleReceipt } from '../store-samples.ts'

/** Whether what happened is written down, once and for good. */
export const recordQuestions = {
  'a receipt comes back as it was written': async ({ store }) => {
    const full = sampleReceipt(1, {
      kind: 'failed',
      outcome: 'permanent_recipient',
      scope: 'recipient',
      providerCode: '550 5.1.1',
      duplicatePossible: true,
      detail: 'there is no such address',
      routeId: 'route-1',
      recipientId: 'recipient-1',
    })
    const bare = sampleReceipt(2, {
      kind: 'cancelled',
      deliveryId: null,
      invitationId: null,
      attempt: null,
      channel: null,
      outcome: null,
      providerMessageId: null,
    })
    await store.transaction((parts) => parts.receipts.append([full, bare]))
    assert.deepEqual(await store.receipts.list({}, { limit: 10 }), [full, bare])
    assert.deepEqual(await store.receipts.byId(bare.id), bare)
    assert.equal(await store.receipts.byId('nothing'), undefined)
  },

  'receipts are found by message, delivery, invitation, recipient and channel': async ({ store }) => {
    const receipts = [
      sampleReceipt(1, { recipientId: 'recipient-1' }),
      sampleReceipt(2, { recipientId: 'recipient-1', channel: 'telegram' }),
      sampleReceipt(3),
    ]
    await store.transaction((parts) => parts.receipts.append(receipts))
    const found = async (filter: Parameters<typeof store.receipts.list>[0]): Promise<readonly string[]> =>
      (await store.receipts.list(filter, { limit: 10 })).map(({ id }) => id)
    const [one, two, three] = receipts.map(({ id }) => id)
    assert.deepEqual(await found({ messageId: sampleId('message', 1) }), [one])
    assert.deepEqual(await found({ deliveryId: sampleId('delivery', 2) }), [two])
    assert.deepEqual(await found({ invitationId: sampleId('invitation', 3) }), [three])
    assert.deepEqual(await found({ recipientId: 'recipient-1' }), [one, two])
    assert.deepEqual(await found({ recipientId: 'recipient-1', channel: 'telegram' }), [two])
    assert.deepEqual(await found({ channel: 'sms' }), [])
  },

  'events come back in order, after a cursor, of one invitation when it is named': async ({ store }) => {
    const { outbox } = store
    assert.equal(await outbox.last(), 0)
    const events = [1, 2, 1, 2, 1].map((number, index) =>
      sampleEvent(number, { data: { index, text: '“ü”' } }),
    )
    await store.transaction((parts) => parts.outbox.append(events))
    const all = await outbox.after(0, 10)
    assert.deepEqual(
      all.map(({ cursor: _cursor, ...event }) => event),
      events,
    )
    assert.equal(await outbox.last(), all.at(-1)?.cursor)
    const second = all[1]?.cursor ?? 0
    assert.deepEqual(await outbox.after(second, 2), all.slice(2, 4))
    const ofOne = await outbox.after(second, 10, { invitationId: sampleId('invitation', 1) })
    assert.deepEqual(ofOne, [all[2], all[4]])
    assert.deepEqual(await outbox.after(all.at(-1)?.cursor ?? 0, 10), [])
  },

  'cursors grow, and a transaction that failed leaves none to be used again': async ({ store }) => {
    const append = (number: number): Promise<void> =>
      store.transaction((parts) => parts.outbox.append([sampleEvent(number)]))
    await append(1)
    const before = await store.outbox.last()
    await assert.rejects(
      store.transaction(async (parts) => {
        await parts.outbox.append([sampleEvent(2)])
        throw new Error('planned by the test')
      }),
    )
    await append(3)
    const [event, ...more] = await store.outbox.after(before, 10)
    assert.deepEqual(event?.data, { number: 3 })
    assert.deepEqual(more, [])
    assert.ok(event.cursor > before)
  },

  'a reader that follows the cursor misses nothing of two connections': async ({ store, open }) => {
    const other = await open()
    const seen: number[] = []
    let cursor = 0
    const read = async (): Promise<void> => {
      for (const event of await store.outbox.after(cursor, 100)) {
        seen.push(Number(event.data['number']))
        cursor = event.cursor
      }
    }
    for (let number = 0; number < 6; number += 2) {
      const append = (on: typeof store, event: number): Promise<void> =>
        on.transaction((parts) => parts.outbox.append([sampleEvent(event)]))
      const writing = Promise.all([append(store, number), append(other, number + 1)])
      await read()
      await writing
    }
    await read()
    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      Array.from({ length: 6 }, (_, number) => number),
    )
  },
} satisfies Questions<StoreBench>
