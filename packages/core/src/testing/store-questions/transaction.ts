import assert from 'node:assert/strict'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { sampleAccepted, sampleEvent, sampleId, sampleReceipt, sampleSuppression } from '../store-samples.ts'

const planned = new Error('planned by the test')

/** Whether work is done whole or not at all. */
export const transactionQuestions = {
  'a transaction gives back what its work gives back': async ({ store }) => {
    assert.equal(await store.transaction(async () => 'result'), 'result')
  },

  'a transaction sees what it wrote, and everybody does afterwards': async ({ store }) => {
    const accepted = sampleAccepted(1)
    const seen = await store.transaction(async (parts) => {
      await parts.messages.insert([accepted])
      return parts.messages.byId(accepted.message.id)
    })
    assert.deepEqual(seen, accepted.message)
    assert.deepEqual(await store.messages.byId(accepted.message.id), accepted.message)
  },

  'a transaction that fails leaves nothing behind and fails with its own error': async ({ store }) => {
    const failing = store.transaction(async (parts) => {
      await parts.messages.insert([sampleAccepted(1)])
      await parts.receipts.append([sampleReceipt(1)])
      await parts.outbox.append([sampleEvent(1)])
      await parts.recipients.suppress([sampleSuppression(1, { address: 'a' })])
      throw planned
    })
    await assert.rejects(failing, (error) => error === planned)
    assert.equal(await store.messages.byId(sampleId('message', 1)), undefined)
    assert.equal(await store.invitations.byId(sampleId('invitation', 1)), undefined)
    assert.deepEqual(await store.deliveries.list({}, { limit: 10 }), [])
    assert.deepEqual(await store.receipts.list({}, { limit: 10 }), [])
    assert.deepEqual(await store.outbox.after(0, 10), [])
    assert.deepEqual(await store.recipients.suppressed([{ channel: 'email', address: 'a' }]), [])
  },

  'of transactions that run at once, one that fails undoes only itself': async ({ store }) => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, number) =>
        store.transaction(async (parts) => {
          await parts.messages.insert([sampleAccepted(number)])
          await parts.outbox.append([sampleEvent(number)])
          if (number % 5 === 2) throw planned
          return number
        }),
      ),
    )
    const failed = outcomes.flatMap(({ status }, number) => (status === 'rejected' ? [number] : []))
    assert.deepEqual(failed, [2, 7, 12, 17])
    const kept = await store.deliveries.list({}, { limit: 100 })
    assert.equal(kept.length, 16)
    assert.ok(kept.every(({ id }) => !failed.some((number) => id === sampleId('delivery', number))))
    assert.equal((await store.outbox.after(0, 100)).length, 16)
  },

  'a statement that fails fails its transaction, and later ones work': async ({ store }) => {
    await store.transaction((parts) => parts.receipts.append([sampleReceipt(1)]))
    const twice = store.transaction(async (parts) => {
      await parts.receipts.append([sampleReceipt(2)])
      await parts.receipts.append([sampleReceipt(1)])
    })
    await assert.rejects(twice)
    await store.transaction((parts) => parts.receipts.append([sampleReceipt(3)]))
    const ids = (await store.receipts.list({}, { limit: 10 })).map(({ id }) => id)
    assert.deepEqual(ids, [sampleId('receipt', 1), sampleId('receipt', 3)])
  },

  'what a transaction has not finished nobody else reads': async ({ store }) => {
    const order: string[] = []
    const writing = store.transaction(async (parts) => {
      await parts.messages.insert([sampleAccepted(1)])
      await new Promise((resolve) => setImmediate(resolve))
      order.push('written')
    })
    const reading = store.messages.byId(sampleId('message', 1)).then((message) => {
      order.push('read')
      return message
    })
    await writing
    const read = await reading
    assert.ok(
      read === undefined || order[0] === 'written',
      'a reader saw a message before its transaction had ended',
    )
  },

  'two connections see each other’s work, whole': async ({ store, open }) => {
    const other = await open()
    await store.transaction((parts) => parts.messages.insert([sampleAccepted(1)]))
    assert.equal((await other.messages.byId(sampleId('message', 1)))?.id, sampleId('message', 1))
    await other.transaction((parts) => parts.messages.insert([sampleAccepted(2)]))
    assert.equal((await store.deliveries.list({}, { limit: 10 })).length, 2)
  },

  'what was written is there after the store was closed and opened again': async ({ store, open }) => {
    const accepted = sampleAccepted(1)
    await store.transaction((parts) => parts.messages.insert([accepted]))
    await store.close()
    const again = await open()
    assert.deepEqual(await again.deliveries.byIds([sampleId('delivery', 1)]), accepted.deliveries)
  },

  'a store can be closed twice, and refuses work afterwards': async ({ store }) => {
    await store.close()
    await store.close()
    await assert.rejects(store.messages.list({ limit: 1 }))
    await assert.rejects(store.transaction((parts) => parts.receipts.append([sampleReceipt(1)])))
  },
} satisfies Questions<StoreBench>
