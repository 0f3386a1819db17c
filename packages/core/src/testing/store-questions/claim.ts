import assert from 'node:assert/strict'
import type { Questions } from '../contract.ts'
import type { ClaimedDelivery, Store } from '../../ports/store.ts'
import type { StoreBench } from '../store-bench.ts'
import {
  after,
  sampleAccepted,
  sampleClaim,
  sampleId,
  sampleSent,
  sampleSettlement,
} from '../store-samples.ts'

const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id)
const insert = (store: Store, count: number): Promise<void> =>
  store.transaction((parts) =>
    parts.messages.insert(Array.from({ length: count }, (_, number) => sampleAccepted(number))),
  )

/** Takes everything due by claims of `limit` that run at once on the given connections. */
async function claimTogether(stores: readonly Store[], limit: number): Promise<readonly ClaimedDelivery[]> {
  const taken: ClaimedDelivery[] = []
  await Promise.all(
    stores.map(async (store, index) => {
      for (;;) {
        const request = sampleClaim({ worker: `worker-${String(index)}`, limit })
        const claims = await store.transaction((parts) => parts.deliveries.claimDue(request))
        if (claims.length === 0) return
        taken.push(...claims)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }),
  )
  return taken
}

/** Whether due work is taken in order, once, and comes back when its worker dies. */
export const claimQuestions = {
  'due work is taken earliest first, then by id, no more than asked for': async ({ store }) => {
    const dueAfterMs = [300, 100, 200, 100]
    const accepted = dueAfterMs.map((ms, number) =>
      sampleAccepted(number, { delivery: { dueAt: after(ms) } }),
    )
    await store.transaction((parts) => parts.messages.insert(accepted))
    const first = await store.transaction((parts) => parts.deliveries.claimDue(sampleClaim({ limit: 3 })))
    assert.deepEqual(
      idsOf(first),
      [1, 3, 2].map((number) => sampleId('delivery', number)),
    )
    const rest = await store.transaction((parts) => parts.deliveries.claimDue(sampleClaim({ limit: 3 })))
    assert.deepEqual(idsOf(rest), [sampleId('delivery', 0)])
  },

  'work of another channel, of another lane or for later is left alone': async ({ store }) => {
    const plan = sampleAccepted(9).deliveries[0]?.plan.slice(1) ?? []
    await store.transaction((parts) =>
      parts.messages.insert([
        sampleAccepted(0, { delivery: { plan } }),
        sampleAccepted(1, { message: { lane: 1 } }),
        sampleAccepted(2, { delivery: { dueAt: after(60_001) } }),
        sampleAccepted(3, { delivery: { dueAt: null, state: 'failed' } }),
        sampleAccepted(4, { delivery: { dueAt: after(60_000) } }),
      ]),
    )
    assert.deepEqual(idsOf(await store.deliveries.claimDue(sampleClaim())), [sampleId('delivery', 4)])
    const urgent = await store.deliveries.claimDue(sampleClaim({ lane: 1 }))
    assert.deepEqual(idsOf(urgent), [sampleId('delivery', 1)])
    const other = await store.deliveries.claimDue(sampleClaim({ channel: 'telegram' }))
    assert.deepEqual(idsOf(other), [sampleId('delivery', 0)])
  },

  'follow-ups are taken by the empty channel name': async ({ store }) => {
    await insert(store, 1)
    const [claimed] = await store.deliveries.claimDue(sampleClaim())
    assert.ok(claimed)
    const waiting = { step: 'follow_up', dueAt: after(120_000), dueChannel: '', dueLane: 4 } as const
    await store.deliveries.settle([sampleSent(claimed, { ...waiting, attempt: null })])
    const chores = { channel: '', lane: 4, now: after(120_000) } as const
    assert.deepEqual(await store.deliveries.claimDue(sampleClaim({ ...chores, now: after(119_999) })), [])
    assert.deepEqual(idsOf(await store.deliveries.claimDue(sampleClaim(chores))), [sampleId('delivery', 0)])
  },

  'what is taken is under way, and nobody else takes it': async ({ store }) => {
    await insert(store, 1)
    const [claimed] = await store.deliveries.claimDue(sampleClaim())
    assert.equal(claimed?.state, 'sending')
    assert.equal((await store.deliveries.byIds([sampleId('delivery', 0)]))[0]?.state, 'sending')
    assert.deepEqual(await store.deliveries.claimDue(sampleClaim({ worker: 'worker-2' })), [])
  },

  'workers that take work at once never take the same': async ({ store }) => {
    await insert(store, 60)
    const taken = await claimTogether([store, store, store, store], 7)
    assert.equal(taken.length, 60)
    assert.equal(new Set(idsOf(taken)).size, 60)
  },

  'workers on different connections never take the same': async ({ store, open }) => {
    await insert(store, 60)
    const taken = await claimTogether([store, await open()], 20)
    assert.equal(taken.length, 60)
    assert.equal(new Set(idsOf(taken)).size, 60)
  },

  'work whose worker let its lease run out comes back to another': async ({ store }) => {
    await insert(store, 2)
    const [claimed] = await store.deliveries.claimDue(sampleClaim({ limit: 1, leaseUntil: after(75_000) }))
    assert.ok(claimed)
    const request = { limit: 10, worker: 'worker-2', leaseUntil: after(200_000) }
    assert.deepEqual(await store.deliveries.claimAbandoned({ ...request, now: after(75_000) }), [])
    const [taken, ...more] = await store.deliveries.claimAbandoned({ ...request, now: after(75_001) })
    assert.equal(taken?.id, claimed.id)
    assert.notEqual(taken.leaseToken, claimed.leaseToken)
    assert.deepEqual(more, [])
    assert.deepEqual(
      await store.deliveries.claimAbandoned({ ...request, now: after(75_001), worker: 'worker-3' }),
      [],
    )
  },

  'a worker that comes too late cannot settle what another took over': async ({ store }) => {
    await insert(store, 1)
    const [claimed] = await store.deliveries.claimDue(sampleClaim({ leaseUntil: after(75_000) }))
    const takeOver = { limit: 10, worker: 'worker-2', now: after(80_000), leaseUntil: after(200_000) }
    const [taken] = await store.deliveries.claimAbandoned(takeOver)
    assert.ok(claimed && taken)
    assert.deepEqual(await store.deliveries.settle([sampleSent(claimed)]), [])
    assert.equal((await store.deliveries.byIds([claimed.id]))[0]?.state, 'sending')
    assert.deepEqual(await store.deliveries.settle([sampleSent(taken)]), [taken.id])
  },

  'a worker does not take over from itself': async ({ store }) => {
    await insert(store, 1)
    await store.deliveries.claimDue(sampleClaim({ leaseUntil: after(75_000) }))
    const own = { limit: 10, worker: 'worker-1', now: after(80_000), leaseUntil: after(200_000) }
    assert.deepEqual(await store.deliveries.claimAbandoned(own), [])
  },

  'a sign of life prolongs the leases of its worker only': async ({ store }) => {
    await insert(store, 2)
    await store.deliveries.claimDue(sampleClaim({ limit: 1, leaseUntil: after(75_000) }))
    await store.deliveries.claimDue(sampleClaim({ limit: 1, worker: 'worker-2', leaseUntil: after(75_000) }))
    await store.deliveries.heartbeat('worker-1', after(300_000))
    const request = { limit: 10, worker: 'worker-3', now: after(80_000), leaseUntil: after(400_000) }
    assert.deepEqual(idsOf(await store.deliveries.claimAbandoned(request)), [sampleId('delivery', 1)])
  },

  'the next due moment of a lane is the earliest that nobody holds, on the channels asked for': async ({
    store,
  }) => {
    const { deliveries } = store
    assert.deepEqual(await deliveries.nextDue(['', 'email']), [])
    await store.transaction((parts) =>
      parts.messages.insert([
        sampleAccepted(0, { delivery: { dueAt: after(1_000) } }),
        sampleAccepted(1, { message: { lane: 6 }, delivery: { dueAt: after(500) } }),
        sampleAccepted(2, { delivery: { dueAt: null, state: 'failed' } }),
      ]),
    )
    const next = await deliveries.nextDue(['email', 'telegram', ''])
    assert.deepEqual(
      next.toSorted((one, other) => one.lane - other.lane),
      [
        { channel: 'email', lane: 2, at: after(1_000) },
        { channel: 'email', lane: 6, at: after(500) },
      ],
    )
    assert.deepEqual(await deliveries.nextDue(['telegram', '']), [])
    await deliveries.claimDue(sampleClaim({ lane: 6 }))
    assert.deepEqual(await deliveries.nextDue(['email']), [{ channel: 'email', lane: 2, at: after(1_000) }])
  },

  'a rewritten delivery falls due where and when the rewriting says': async ({ store }) => {
    const accepted = sampleAccepted(0)
    await store.transaction((parts) => parts.messages.insert([accepted]))
    const [delivery] = accepted.deliveries
    assert.ok(delivery)
    const moved = { position: 1, dueChannel: 'telegram', dueLane: 3, dueAt: after(5_000) } as const
    assert.deepEqual(await store.deliveries.rewrite([sampleSettlement(delivery, moved)]), [delivery.id])
    assert.deepEqual(await store.deliveries.claimDue(sampleClaim()), [])
    assert.deepEqual(await store.deliveries.nextDue(['email']), [])
    const next = [{ channel: 'telegram', lane: 3, at: after(5_000) }]
    assert.deepEqual(await store.deliveries.nextDue(['telegram']), next)
    const [claimed] = await store.deliveries.claimDue(sampleClaim({ channel: 'telegram', lane: 3 }))
    assert.equal(claimed?.position, 1)
  },
} satisfies Questions<StoreBench>
