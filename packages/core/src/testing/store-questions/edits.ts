import assert from 'node:assert/strict'
import type { PlannedEdit } from '../../model/planned-edit.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleEdit, sampleId } from '../store-samples.ts'

const plan = (store: Store, edits: readonly PlannedEdit[]): Promise<void> =>
  store.transaction((parts) => parts.edits.plan(edits))
const take = (
  store: Store,
  changes: Partial<Parameters<Store['edits']['claimDue']>[0]> = {},
): Promise<readonly PlannedEdit[]> =>
  store.edits.claimDue({
    channel: 'telegram',
    now: after(60_000),
    limit: 100,
    leaseUntil: after(75_000),
    ...changes,
  })
const numbersOf = (edits: readonly PlannedEdit[]): readonly string[] =>
  edits.map(({ deliveryId }) => deliveryId)

const manyEdits = Array.from({ length: 40 }, (_, number) => sampleEdit(number))

/** Whether what is to be changed where it was sent is taken once, comes back, and gives way to what is newer. */
export const editQuestions = {
  'a planned edit comes back as it was planned, when it is due, on its channel': async ({ store }) => {
    const edits = [
      sampleEdit(1, { reason: 'updated', tries: 3, version: 'ÿ', attempt: 7 }),
      sampleEdit(2, { dueAt: after(60_001) }),
      sampleEdit(3, { channel: 'email', dueAt: after(60_000) }),
    ]
    await plan(store, edits)
    assert.deepEqual(await take(store), [edits[0]])
    assert.deepEqual(await take(store, { channel: 'email' }), [edits[2]])
    assert.deepEqual(await take(store, { channel: 'sms' }), [])
  },

  'due edits are taken earliest first, no more than asked for': async ({ store }) => {
    const dueAfterMs = [300, 100, 200]
    await plan(
      store,
      dueAfterMs.map((ms, number) => sampleEdit(number, { dueAt: after(ms) })),
    )
    const ids = [1, 2, 0].map((number) => sampleId('delivery', number))
    assert.deepEqual(numbersOf(await take(store, { limit: 2 })), ids.slice(0, 2))
    assert.deepEqual(numbersOf(await take(store, { limit: 2 })), ids.slice(2))
    assert.deepEqual(await take(store, { limit: 2 }), [])
  },

  'workers that take edits at once never take the same': async ({ store }) => {
    await plan(store, manyEdits)
    const taken = await Promise.all([store, store, store, store].map((on) => take(on, { limit: 10 })))
    assert.equal(new Set(numbersOf(taken.flat())).size, manyEdits.length)
  },

  'workers on different connections never take the same edits': async ({ store, open }) => {
    await plan(store, manyEdits)
    const other = await open()
    const taken = await Promise.all([store, other, store, other].map((on) => take(on, { limit: 10 })))
    assert.equal(new Set(numbersOf(taken.flat())).size, manyEdits.length)
  },

  'an edit whose worker died comes back when its lease has run out, and that was a try': async ({
    store,
  }) => {
    await plan(store, [sampleEdit(1)])
    await take(store, { leaseUntil: after(75_000) })
    assert.deepEqual(await store.edits.nextDueAt(['telegram']), after(75_000))
    assert.deepEqual(await take(store, { now: after(74_999) }), [])
    const [again] = await take(store, { now: after(75_000) })
    assert.deepEqual(again, sampleEdit(1, { dueAt: after(75_000), tries: 1 }))
  },

  'a finished edit is gone, and finishing it again says so': async ({ store }) => {
    await plan(store, [sampleEdit(1), sampleEdit(2), sampleEdit(1, { attempt: 2 })])
    const [first] = await take(store, { limit: 1 })
    assert.ok(first)
    assert.equal(await store.edits.settle(first, null), true)
    assert.equal(await store.edits.settle(first, null), false)
    assert.equal(await store.edits.settle(first, after(80_000)), false)
    assert.equal((await take(store, { now: after(200_000) })).length, 2)
  },

  'an edit that is put off comes back at its time, with one more try': async ({ store }) => {
    await plan(store, [sampleEdit(1, { tries: 1 })])
    const [taken] = await take(store)
    assert.ok(taken)
    assert.equal(await store.edits.settle(taken, after(90_000)), true)
    assert.deepEqual(await take(store, { now: after(89_999) }), [])
    const [again] = await take(store, { now: after(90_000) })
    assert.deepEqual(again, { ...taken, tries: 2, dueAt: after(90_000) })
  },

  'a newer edit of the same attempt waits for the older one on its way, then takes its place': async ({
    store,
  }) => {
    for (const retryAt of [null, after(300_000)]) {
      await plan(store, [sampleEdit(1)])
      const [older] = await take(store)
      assert.ok(older)
      const newer = sampleEdit(1, { version: 'version-2', reason: 'updated', dueAt: after(61_000) })
      await plan(store, [newer])
      assert.deepEqual(await take(store, { now: after(62_000) }), [])
      assert.equal(await store.edits.settle(older, retryAt), false)
      const [taken] = await take(store, { now: after(62_000) })
      assert.deepEqual({ ...taken, dueAt: newer.dueAt }, newer)
      assert.ok(taken)
      assert.equal(await store.edits.settle(taken, null), true)
    }
    assert.equal(await store.edits.nextDueAt(['telegram']), undefined)
  },

  'a newer edit does not wait for a worker that died for longer than its lease': async ({ store }) => {
    await plan(store, [sampleEdit(1)])
    const [older] = await take(store, { leaseUntil: after(75_000) })
    assert.ok(older)
    const newer = sampleEdit(1, { version: 'version-2', dueAt: after(61_000) })
    await plan(store, [newer])
    assert.deepEqual(await store.edits.nextDueAt(['telegram']), after(75_000))
    const [taken] = await take(store, { now: after(75_000), leaseUntil: after(90_000) })
    assert.deepEqual(taken, { ...newer, dueAt: after(75_000) })
    // The dead one comes back to life and has its say: who was told last is told again.
    assert.equal(await store.edits.settle(older, null), false)
    assert.deepEqual(numbersOf(await take(store, { now: after(76_000) })), [sampleId('delivery', 1)])
    assert.equal(await store.edits.settle(newer, null), true)
  },

  'a newer edit does not wait for one that is only put off': async ({ store }) => {
    await plan(store, [sampleEdit(1)])
    const [older] = await take(store)
    assert.ok(older)
    assert.equal(await store.edits.settle(older, after(300_000)), true)
    const newer = sampleEdit(1, { version: 'version-2', dueAt: after(61_000) })
    await plan(store, [newer])
    assert.deepEqual(await take(store, { now: after(61_000) }), [newer])
  },

  'of two edits planned together for one attempt the last one stays': async ({ store }) => {
    const last = sampleEdit(1, { version: 'version-2' })
    await plan(store, [sampleEdit(1), last])
    assert.deepEqual(await take(store), [last])
    await plan(store, [])
  },

  'the next edit’s due moment is the earliest on the channels asked for': async ({ store }) => {
    const { edits } = store
    assert.equal(await edits.nextDueAt(['telegram', 'email']), undefined)
    await plan(store, [
      sampleEdit(1, { dueAt: after(2_000) }),
      sampleEdit(2, { channel: 'email', dueAt: after(1_000) }),
      sampleEdit(3, { channel: 'sms', dueAt: after(500) }),
    ])
    assert.deepEqual(await edits.nextDueAt(['telegram', 'email']), after(1_000))
    assert.deepEqual(await edits.nextDueAt(['telegram']), after(2_000))
    assert.equal(await edits.nextDueAt([]), undefined)
  },

  'edits of a transaction that failed were never planned, taken or finished': async ({ store }) => {
    await plan(store, [sampleEdit(1)])
    const failing = store.transaction(async (parts) => {
      const request = { channel: 'telegram', now: after(60_000), limit: 10, leaseUntil: after(75_000) }
      const [taken] = await parts.edits.claimDue(request)
      assert.ok(taken)
      await parts.edits.settle(taken, null)
      await parts.edits.plan([sampleEdit(2)])
      throw new Error('planned by the test')
    })
    await assert.rejects(failing, /planned by the test/)
    assert.deepEqual(await take(store), [sampleEdit(1)])
  },
} satisfies Questions<StoreBench>
