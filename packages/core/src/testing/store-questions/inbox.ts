import assert from 'node:assert/strict'
import type { InboxItem } from '../../model/inbox-item.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleId, sampleInboxItem } from '../store-samples.ts'

const ann = { channel: 'in-app', address: 'ann' }
const add = (store: Store, items: readonly InboxItem[]): Promise<void> =>
  store.transaction((parts) => parts.inbox.add(items))
const mark = (
  store: Store,
  ids: readonly string[] | 'all',
  how: 'read' | 'acknowledged',
  atMs = 5_000,
): Promise<readonly InboxItem[]> => store.transaction((parts) => parts.inbox.mark(ann, ids, how, after(atMs)))
const idsOf = (items: readonly InboxItem[]): readonly string[] => items.map(({ id }) => id)
const items = (...numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => sampleId('item', number))
/** Items 1 to 4 for Ann, one for Bob, and one for Ann in another app. */
const fill = (store: Store): Promise<void> =>
  add(store, [
    ...[1, 2, 3, 4].map((number) => sampleInboxItem(number)),
    sampleInboxItem(5, { address: 'bob' }),
    sampleInboxItem(6, { channel: 'other-app' }),
  ])
const counts = async ({ inbox }: Store): Promise<readonly number[]> =>
  Promise.all([
    inbox.count(ann),
    inbox.count({ ...ann, only: 'unread' }),
    inbox.count({ ...ann, only: 'unacknowledged' }),
  ])

/** Whether an inbox holds what came, newest first, and remembers what was seen. */
export const inboxQuestions = {
  'an item comes back as it was put in, newest first, in its own inbox only': async ({ store }) => {
    const full = sampleInboxItem(2, {
      recipientId: 'recipient-1',
      readAt: after(10),
      acknowledgedAt: after(20),
    })
    const notice = sampleInboxItem(1, { invitationId: null })
    await add(store, [
      notice,
      full,
      sampleInboxItem(3, { address: 'bob' }),
      sampleInboxItem(4, { channel: 'other-app' }),
    ])
    assert.deepEqual(await store.inbox.list(ann, { limit: 10 }), [full, notice])
    assert.deepEqual(await store.inbox.list({ ...ann, address: 'Ann' }, { limit: 10 }), [])
    await add(store, [])
  },

  'pages of an inbox neither skip nor repeat while it is written to': async ({ store }) => {
    await add(
      store,
      Array.from({ length: 8 }, (_, number) => sampleInboxItem(number)),
    )
    const read: string[] = []
    for (let page = 0; page < 3; page += 1) {
      const last = read.at(-1)
      const request = { limit: 3, ...(last !== undefined && { after: last }) }
      read.push(...idsOf(await store.inbox.list(ann, request)))
      await add(store, [sampleInboxItem(50 + page)])
    }
    assert.deepEqual(read, items(7, 6, 5, 4, 3, 2, 1, 0))
  },

  'unread and unacknowledged items are listed and counted by themselves': async ({ store }) => {
    await fill(store)
    assert.deepEqual(await counts(store), [4, 4, 4])
    await mark(store, items(1, 3), 'read')
    await mark(store, items(2), 'acknowledged')
    const { inbox } = store
    assert.deepEqual(idsOf(await inbox.list({ ...ann, only: 'unread' }, { limit: 10 })), items(4))
    const open = { ...ann, only: 'unacknowledged' } as const
    assert.deepEqual(idsOf(await inbox.list(open, { limit: 10 })), items(4, 3, 1))
    assert.deepEqual(idsOf(await inbox.list(open, { limit: 1, after: sampleId('item', 4) })), items(3))
    assert.deepEqual(await counts(store), [4, 1, 3])
    assert.equal(await inbox.count({ channel: 'in-app', address: 'nobody', only: 'unread' }), 0)
  },

  'items of one inbox are found by their ids, and nobody else’s': async ({ store }) => {
    await fill(store)
    const found = await store.inbox.byIds(ann, [...items(1, 3, 5, 6), 'item-unknown'])
    assert.deepEqual(idsOf(found).toSorted(), items(1, 3))
    assert.deepEqual(await store.inbox.byIds(ann, []), [])
  },

  'marking names what changed, and leaves what was marked before and what is another’s': async ({
    store,
  }) => {
    await fill(store)
    const [first] = await mark(store, items(2), 'read', 1_000)
    assert.deepEqual(first, sampleInboxItem(2, { readAt: after(1_000) }))
    const changed = await mark(store, [...items(3, 2, 1, 5, 6), 'item-unknown'], 'read', 2_000)
    assert.deepEqual(idsOf(changed), items(3, 1))
    assert.deepEqual((await store.inbox.byIds(ann, items(2)))[0]?.readAt, after(1_000))
    assert.deepEqual(await mark(store, [], 'read'), [])
    assert.equal(await store.inbox.count({ channel: 'in-app', address: 'bob', only: 'unread' }), 1)
    assert.equal(await store.inbox.count({ channel: 'other-app', address: 'ann', only: 'unread' }), 1)
  },

  'what is acknowledged is read too, since when it was first seen': async ({ store }) => {
    await fill(store)
    await mark(store, items(1), 'read', 1_000)
    const changed = await mark(store, items(1, 2), 'acknowledged', 2_000)
    assert.deepEqual(
      changed.map(({ id, readAt, acknowledgedAt }) => [id, readAt, acknowledgedAt]),
      [
        [sampleId('item', 2), after(2_000), after(2_000)],
        [sampleId('item', 1), after(1_000), after(2_000)],
      ],
    )
    assert.deepEqual(await mark(store, items(1, 2), 'acknowledged', 3_000), [])
    assert.deepEqual(await mark(store, items(1, 2), 'read', 3_000), [])
  },

  'all of an inbox is marked at once, however much it is, and nobody else’s': async ({ store }) => {
    const count = 1_203
    await add(store, [
      ...Array.from({ length: count }, (_, number) => sampleInboxItem(number)),
      sampleInboxItem(9_000, { address: 'bob' }),
    ])
    await mark(store, items(7), 'read', 1_000)
    const changed = await mark(store, 'all', 'read')
    assert.equal(changed.length, count - 1)
    assert.deepEqual(idsOf(changed), idsOf(changed).toSorted().toReversed())
    assert.deepEqual(await counts(store), [count, 0, count])
    assert.equal((await mark(store, 'all', 'acknowledged')).length, count)
    assert.deepEqual(await mark(store, 'all', 'acknowledged'), [])
    assert.equal(await store.inbox.count({ channel: 'in-app', address: 'bob', only: 'unread' }), 1)
  },

  'a reminder takes the place of the item of its delivery, unread and on top': async ({ store }) => {
    await fill(store)
    await mark(store, items(1), 'acknowledged')
    const reminder = sampleInboxItem(7, { deliveryId: sampleId('delivery', 1), createdAt: after(9_000) })
    await add(store, [reminder])
    const [top, ...rest] = await store.inbox.list(ann, { limit: 10 })
    assert.deepEqual(top, reminder)
    assert.deepEqual(idsOf(rest), items(4, 3, 2))
    assert.deepEqual(await counts(store), [4, 4, 4])
    assert.deepEqual(await store.inbox.byIds(ann, items(1)), [])
  },

  'an inbox is as it was when a transaction failed': async ({ store }) => {
    await fill(store)
    const failing = store.transaction(async (parts) => {
      await parts.inbox.add([sampleInboxItem(8)])
      await parts.inbox.mark(ann, 'all', 'acknowledged', after(1))
      throw new Error('planned by the test')
    })
    await assert.rejects(failing, /planned by the test/)
    assert.deepEqual(await counts(store), [4, 4, 4])
  },
} satisfies Questions<StoreBench>
