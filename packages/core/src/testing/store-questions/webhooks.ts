import assert from 'node:assert/strict'
import type { DomainEventType } from '../../model/domain-event.ts'
import type { WebhookEndpoint, WebhookPosting } from '../../model/webhook-endpoint.ts'
import type { ClaimedPosting, PostingOutcome, Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleEndpoint, sampleEvent, sampleId, sampleSecret } from '../store-samples.ts'

const second = sampleId('endpoint', 2)
const only = sampleId('endpoint', 1)
const page = { limit: 1_000 }

const put = (store: Store, number: number, changes: Partial<WebhookEndpoint> = {}): Promise<void> =>
  store.webhooks.insert(sampleEndpoint(number, changes), [sampleSecret])
/** Lets events happen, a cursor each. */
const happen = (
  store: Store,
  count: number,
  type: DomainEventType = 'delivery.sent',
  ms = 0,
): Promise<void> =>
  store.transaction((parts) =>
    parts.outbox.append(
      Array.from({ length: count }, (_, number) => sampleEvent(number, { type, at: after(ms) })),
    ),
  )
const fanOut = (store: Store, limit = 1_000): Promise<number | undefined> =>
  store.transaction((parts) => parts.webhooks.fanOut(limit, after(0)))
const claim = (
  store: Store,
  shares: Readonly<Record<string, number>> = { [only]: 100 },
  ms = 1_000,
): Promise<readonly ClaimedPosting[]> =>
  store.transaction((parts) =>
    parts.webhooks.claimDue({
      shares: new Map(Object.entries(shares)),
      now: after(ms),
      leaseUntil: after(ms + 60_000),
    }),
  )
const settle = (
  store: Store,
  claimed: readonly ClaimedPosting[],
  end: Partial<PostingOutcome> = {},
  ms = 2_000,
): Promise<readonly WebhookEndpoint[]> =>
  store.transaction((parts) =>
    parts.webhooks.settle(
      claimed.map(({ posting }) => ({
        id: posting.id,
        endpointId: posting.endpointId,
        tries: posting.tries,
        state: 'delivered',
        dueAt: null,
        lastStatus: 204,
        lastError: null,
        ...end,
      })),
      after(ms),
    ),
  )
const failed = {
  state: 'pending',
  dueAt: after(600_000),
  lastStatus: 503,
  lastError: 'the endpoint answered 503',
} as const
const postingsOf = (store: Store, endpointId = only): Promise<readonly WebhookPosting[]> =>
  store.webhooks.postings({ endpointId }, page)
const cursorsOf = (postings: readonly { readonly cursor: number }[]): readonly number[] =>
  postings.map(({ cursor }) => cursor).toSorted((one, other) => one - other)
const statesOf = async (store: Store, endpointId = only): Promise<readonly string[]> =>
  (await postingsOf(store, endpointId)).map(({ state }) => state)

/** Whether endpoints are told of every event, once each, however many processes tell them. */
export const webhookQuestions = {
  'an endpoint comes back as it was put in, and shows no secret': async ({ store }) => {
    const full = sampleEndpoint(1, {
      description: 'the desk, "quoted" 🦊',
      types: ['invitation.accepted', 'delivery.failed'],
      state: 'disabled',
      disabledReason: 'by hand',
      failingSince: after(5),
    })
    await store.webhooks.insert(full, [sampleSecret])
    await put(store, 2)
    assert.deepEqual(await store.webhooks.byId(only), full)
    assert.deepEqual(await store.webhooks.list({ limit: 1 }), [full])
    assert.deepEqual(await store.webhooks.list({ limit: 5, after: only }), [sampleEndpoint(2)])
    assert.equal(await store.webhooks.byId('nobody'), undefined)
    assert.ok(!JSON.stringify(await store.webhooks.list(page)).includes('whsec'))
  },

  'only what is given is changed of an endpoint': async ({ store }) => {
    await put(store, 1, { types: ['delivery.sent'], failingSince: after(1) })
    const changed = await store.webhooks.update(only, { url: 'https://other.test/', failingSince: null })
    assert.deepEqual(changed, {
      ...sampleEndpoint(1),
      url: 'https://other.test/',
      types: ['delivery.sent'],
    })
    assert.deepEqual(await store.webhooks.byId(only), changed)
    await store.webhooks.update(only, { types: null })
    assert.equal((await store.webhooks.byId(only))?.types, null)
    assert.equal(await store.webhooks.update('nobody', { description: 'x' }), undefined)
  },

  'secrets come back newest first, with their ends': async ({ store }) => {
    await put(store, 1)
    const secrets = [
      { secret: 'whsec_new', validUntil: null },
      { ...sampleSecret, validUntil: after(9) },
    ]
    await store.transaction(async ({ webhooks }) => {
      assert.deepEqual(await webhooks.secrets(only), [sampleSecret])
      await webhooks.setSecrets(only, secrets)
      assert.deepEqual(await webhooks.secrets('nobody'), [])
    })
    await happen(store, 1)
    await fanOut(store)
    assert.deepEqual((await claim(store))[0]?.secrets, secrets)
  },

  'an endpoint hears of what happens from its making on, of the types it wants': async ({ store }) => {
    await happen(store, 2)
    await put(store, 1)
    await happen(store, 1)
    await put(store, 2, { types: ['invitation.accepted'] })
    await happen(store, 1, 'invitation.accepted')
    await happen(store, 1, 'delivery.failed')
    assert.equal(await fanOut(store), 3)
    assert.deepEqual(cursorsOf(await postingsOf(store)), [3, 4, 5])
    assert.deepEqual(cursorsOf(await postingsOf(store, second)), [4])
    assert.equal(await fanOut(store), 0)
    assert.equal((await postingsOf(store)).length, 3)
  },

  'the outbox is read in portions, and none is read twice': async ({ store }) => {
    await put(store, 1)
    await happen(store, 25)
    const looked = [await fanOut(store, 10), await fanOut(store, 10), await fanOut(store, 10)]
    assert.deepEqual(looked, [10, 10, 5])
    assert.deepEqual(
      cursorsOf(await postingsOf(store)),
      Array.from({ length: 25 }, (_, index) => index + 1),
    )
  },

  'without endpoints nothing is read, and one made later is not told of the past': async ({ store }) => {
    await happen(store, 50)
    assert.equal(await fanOut(store), 0)
    await put(store, 1, { state: 'disabled' })
    assert.equal(await fanOut(store), 0)
    await store.webhooks.update(only, { state: 'enabled' })
    await happen(store, 1)
    assert.equal(await fanOut(store, 10), 1)
    assert.deepEqual(cursorsOf(await postingsOf(store)), [51])
  },

  'two connections that fan out at once make one posting of each event': async ({ store, open }) => {
    const other = await open()
    await put(store, 1)
    await put(store, 2)
    const readAll = async (process: Store): Promise<void> => {
      for (let round = 0; round < 60; round += 1) await fanOut(process, 7)
    }
    const writing = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1) await happen(store, 20)
    }
    await Promise.all([writing(), readAll(store), readAll(other)])
    await readAll(store)
    const all = Array.from({ length: 200 }, (_, index) => index + 1)
    assert.deepEqual(cursorsOf(await postingsOf(store)), all)
    assert.deepEqual(cursorsOf(await postingsOf(store, second)), all)
  },

  'a fan-out that was undone is done again': async ({ store }) => {
    await put(store, 1)
    await happen(store, 3)
    const undone = store.transaction(async (parts) => {
      await parts.webhooks.fanOut(10, after(0))
      throw new Error('undone')
    })
    await assert.rejects(undone, /undone/)
    assert.equal((await postingsOf(store)).length, 0)
    assert.equal(await fanOut(store), 3)
  },

  'due postings are taken earliest first, with all that is needed, and counted': async ({ store }) => {
    await put(store, 1)
    await happen(store, 3)
    await fanOut(store)
    const claimed = await claim(store, { [only]: 2 })
    assert.deepEqual(cursorsOf(claimed.map(({ event }) => event)), [1, 2])
    const [first] = claimed
    assert.deepEqual(first?.endpoint, sampleEndpoint(1))
    assert.equal(first?.event.messageId, sampleId('message', 0))
    assert.deepEqual(
      { ...first?.posting, id: '' },
      {
        id: '',
        endpointId: only,
        cursor: 1,
        type: 'delivery.sent',
        state: 'pending',
        tries: 1,
        dueAt: after(61_000),
        lastStatus: null,
        lastError: null,
        createdAt: after(0),
        updatedAt: after(1_000),
      },
    )
  },

  'of each endpoint no more is taken than its share': async ({ store }) => {
    for (const number of [1, 2, 3]) await put(store, number)
    await happen(store, 10)
    await fanOut(store)
    const claimed = await claim(store, { [only]: 2, [second]: 5 })
    const of = (id: string) => claimed.filter(({ posting }) => posting.endpointId === id).length
    assert.deepEqual([of(only), of(second), of(sampleId('endpoint', 3))], [2, 5, 0])
    assert.deepEqual(await claim(store, {}), [])
    assert.deepEqual(await claim(store, { nobody: 5 }), [])
  },

  'two connections never take the same posting, until a lease has run out': async ({ store, open }) => {
    const other = await open()
    await put(store, 1)
    await happen(store, 100)
    await fanOut(store)
    const both = await Promise.all(
      [store, other, store, other].map((process) => claim(process, { [only]: 25 })),
    )
    const ids = both.flat().map(({ posting }) => posting.id)
    assert.equal(new Set(ids).size, ids.length)
    await claim(store, { [only]: 100 })
    assert.deepEqual(await claim(other, { [only]: 100 }, 60_999), [])
    const again = await claim(other, { [only]: 100 }, 61_000)
    assert.equal(again.length, 100)
    assert.ok(again.every(({ posting }) => posting.tries === 2))
  },

  'what was taken in is not due any more, and its endpoint works': async ({ store }) => {
    await put(store, 1, { failingSince: after(1) })
    await happen(store, 2)
    await fanOut(store)
    assert.deepEqual(await settle(store, await claim(store)), [])
    assert.deepEqual(await statesOf(store), ['delivered', 'delivered'])
    assert.deepEqual(await store.webhooks.waiting(), [{ endpointId: only, failingSince: null, dueAt: null }])
  },

  'what failed is due again, and since when is remembered until something is taken': async ({ store }) => {
    await put(store, 1)
    await put(store, 2, { state: 'disabled' })
    await happen(store, 2)
    await fanOut(store)
    const [first, next] = await claim(store)
    assert.ok(first !== undefined && next !== undefined)
    const failing = await settle(store, [first], failed, 3_000)
    assert.deepEqual(failing, [{ ...sampleEndpoint(1), failingSince: after(3_000) }])
    await settle(store, [next], failed, 4_000)
    assert.deepEqual(await store.webhooks.waiting(), [
      { endpointId: only, failingSince: after(3_000), dueAt: after(600_000) },
    ])
    const [again, last] = await claim(store, { [only]: 2 }, 600_000)
    assert.ok(again !== undefined && last !== undefined)
    assert.equal(again.posting.lastError, 'the endpoint answered 503')
    // One of a batch that is taken is enough.
    await store.transaction(async ({ webhooks }) => {
      const end = { dueAt: after(900_000), lastStatus: null, lastError: null, endpointId: only, tries: 2 }
      await webhooks.settle(
        [
          { ...end, id: again.posting.id, state: 'pending' },
          { ...end, id: last.posting.id, state: 'delivered', dueAt: null },
        ],
        after(700_000),
      )
    })
    assert.equal((await store.webhooks.byId(only))?.failingSince, null)
  },

  'who settles too late changes nothing that another has settled': async ({ store }) => {
    await put(store, 1)
    await happen(store, 1)
    await fanOut(store)
    const slow = await claim(store)
    const fast = await claim(store, { [only]: 1 }, 61_000)
    await settle(store, slow, failed)
    assert.equal((await postingsOf(store))[0]?.lastStatus, null)
    await settle(store, fast)
    await settle(store, slow, { ...failed, tries: 2 })
    assert.deepEqual(await statesOf(store), ['delivered'])
  },

  'what the slow one brought through stays through': async ({ store }) => {
    await put(store, 1)
    await happen(store, 1)
    await fanOut(store)
    const slow = await claim(store)
    const fast = await claim(store, { [only]: 1 }, 61_000)
    await settle(store, slow)
    await settle(store, fast, failed)
    assert.deepEqual(await statesOf(store), ['delivered'])
  },

  'postings are listed newest first, by state, a page at a time': async ({ store }) => {
    await put(store, 1)
    await happen(store, 5)
    await fanOut(store)
    await settle(store, await claim(store, { [only]: 2 }))
    const list = (request: { readonly after?: string; readonly limit: number }) =>
      store.webhooks.postings({ endpointId: only }, request)
    const first = await list({ limit: 2 })
    assert.deepEqual(
      first.map(({ cursor }) => cursor),
      [5, 4],
    )
    await happen(store, 1)
    await fanOut(store)
    const next = await list({ limit: 9, after: first.at(-1)?.id ?? '' })
    assert.deepEqual(
      next.map(({ cursor }) => cursor),
      [3, 2, 1],
    )
    const delivered = await store.webhooks.postings({ endpointId: only, state: 'delivered' }, page)
    assert.deepEqual(cursorsOf(delivered), [1, 2])
  },

  'named postings are made again as if never tried, and no others': async ({ store }) => {
    await put(store, 1)
    await put(store, 2)
    await happen(store, 3)
    await fanOut(store)
    await settle(store, await claim(store))
    const [third, middle] = await postingsOf(store)
    const foreign = (await postingsOf(store, second))[0]
    assert.ok(third !== undefined && middle !== undefined && foreign !== undefined)
    const ids = [third.id, middle.id, foreign.id, 'nothing']
    assert.equal(await store.webhooks.replay(only, { ids }, after(5_000)), 2)
    assert.deepEqual(await statesOf(store), ['pending', 'pending', 'delivered'])
    const again = await claim(store, { [only]: 9, [second]: 0 }, 5_000)
    assert.deepEqual(
      again.map(({ posting }) => [posting.cursor, posting.tries]),
      [
        [2, 1],
        [3, 1],
      ],
    )
  },

  'what failed since a moment is made again': async ({ store }) => {
    await put(store, 1)
    await happen(store, 2)
    await fanOut(store)
    const [first, next] = await claim(store)
    assert.ok(first !== undefined && next !== undefined)
    await settle(store, [first], { state: 'failed' })
    await settle(store, [next])
    const since = (ms: number) =>
      store.webhooks.replay(only, { since: after(ms), state: 'failed' }, after(5_000))
    assert.equal(await since(1), 0)
    assert.equal(await since(0), 1)
    assert.deepEqual(await statesOf(store), ['delivered', 'pending'])
  },

  'what passed an endpoint by while it was disabled can be told later, but not what was before it': async ({
    store,
  }) => {
    await happen(store, 3, 'delivery.sent', -10_000)
    await put(store, 1, { types: ['delivery.sent'] })
    await happen(store, 1, 'delivery.sent', 1_000)
    await fanOut(store)
    await settle(store, await claim(store))
    await store.webhooks.update(only, { state: 'disabled' })
    await put(store, 2)
    await happen(store, 2, 'delivery.sent', 2_000)
    await happen(store, 1, 'delivery.failed', 2_000)
    await fanOut(store)
    assert.equal((await postingsOf(store)).length, 1)
    await store.webhooks.update(only, { state: 'enabled' })
    await fanOut(store)
    assert.equal((await postingsOf(store)).length, 1)
    assert.equal(await store.webhooks.replay(only, { since: after(-20_000) }, after(3_000)), 3)
    assert.deepEqual(cursorsOf(await postingsOf(store)), [4, 5, 6])
    assert.equal(await store.webhooks.replay('nobody', { since: after(0) }, after(3_000)), 0)
  },

  'a long replay is done in portions and forgets none': async ({ store }) => {
    await put(store, 1)
    await happen(store, 2_500, 'delivery.sent', 5)
    await fanOut(store, 1_200)
    assert.equal(await store.webhooks.replay(only, { since: after(0) }, after(10)), 2_500)
    const claimed = await claim(store, { [only]: 5_000 })
    assert.equal(new Set(claimed.map(({ event }) => event.cursor)).size, 2_500)
  },

  'postings that ended long ago are deleted, and no others': async ({ store }) => {
    await put(store, 1)
    await happen(store, 4)
    await fanOut(store)
    const [old, older, ended] = await claim(store, { [only]: 3 })
    assert.ok(old !== undefined && older !== undefined && ended !== undefined)
    await settle(store, [old], {}, 1_000)
    await settle(store, [older], { state: 'failed' }, 500)
    await settle(store, [ended], {}, 2_000)
    const prune = (limit: number) => store.webhooks.prune(after(2_000), limit)
    assert.equal(await prune(1), 1)
    assert.deepEqual(cursorsOf(await postingsOf(store)), [1, 3, 4])
    assert.equal(await prune(10), 1)
    assert.equal(await prune(10), 0)
    assert.deepEqual(cursorsOf(await postingsOf(store)), [3, 4])
  },

  'an endpoint is removed with everything that is on its way to it': async ({ store }) => {
    await put(store, 1)
    await put(store, 2)
    await happen(store, 1_200)
    await fanOut(store, 2_000)
    const claimed = await claim(store, { [only]: 3 })
    assert.equal(await store.webhooks.remove(only), true)
    assert.equal(await store.webhooks.remove(only), false)
    assert.equal(await store.webhooks.byId(only), undefined)
    assert.deepEqual(await postingsOf(store), [])
    assert.equal((await postingsOf(store, second)).length, 1_000)
    // A post that was under way meanwhile.
    assert.deepEqual(await settle(store, claimed, failed), [])
    assert.deepEqual(await postingsOf(store), [])
  },
} satisfies Questions<StoreBench>
