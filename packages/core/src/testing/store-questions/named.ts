import assert from 'node:assert/strict'
import { lanes } from '../../model/lane.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleAccepted, sampleClaim, sampleId, sampleRoute, sampleSent } from '../store-samples.ts'

const ids = (...numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => sampleId('delivery', number))
const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] =>
  rows.map(({ id }) => id).toSorted()
const named = (wanted: readonly string[], worker = 'worker-1') => {
  const { lane: _lane, limit: _limit, ...request } = sampleClaim({ worker })
  return { ...request, ids: wanted }
}

/** Whether due work can be looked at, taken by name, locked and counted. */
export const namedQuestions = {
  'work taken by name is leased as any other, and only what is due on that channel and free': async ({
    store,
  }) => {
    await store.transaction((parts) =>
      parts.messages.insert([
        sampleAccepted(0),
        sampleAccepted(1, { delivery: { dueAt: after(60_001) } }),
        sampleAccepted(2, { delivery: { plan: [sampleRoute('telegram', '2')] } }),
        sampleAccepted(3),
        sampleAccepted(4, { message: { lane: 5 } }),
      ]),
    )
    await store.deliveries.claimNamed(named(ids(3), 'worker-2'))
    const wanted = [...ids(0, 1, 2, 3, 4, 9), ...ids(0)]
    const claims = await store.transaction((parts) => parts.deliveries.claimNamed(named(wanted)))
    assert.deepEqual(idsOf(claims), ids(0, 4))
    assert.ok(claims.every(({ leaseToken, state }) => leaseToken === 1 && state === 'sending'))
    const [first] = claims
    assert.ok(first)
    assert.deepEqual(await store.deliveries.settle([sampleSent(first)]), [first.id])
    assert.deepEqual(await store.deliveries.claimNamed(named([])), [])
  },

  'workers on different connections that are given the same names never take the same': async ({
    store,
    open,
  }) => {
    const other = await open()
    const wanted = Array.from({ length: 200 }, (_, number) => number)
    await store.transaction((parts) => parts.messages.insert(wanted.map((number) => sampleAccepted(number))))
    const taken = await Promise.all(
      [store, other, store, other].map((one, index) =>
        one.transaction((parts) => parts.deliveries.claimNamed(named(ids(...wanted), `worker-${index}`))),
      ),
    )
    assert.deepEqual(idsOf(taken.flat()), ids(...wanted))
  },

  'due work can be looked at without taking it, earliest first': async ({ store }) => {
    await store.transaction((parts) =>
      parts.messages.insert([
        sampleAccepted(0, { delivery: { dueAt: after(20) } }),
        sampleAccepted(1, { delivery: { dueAt: after(10) } }),
        sampleAccepted(2, { delivery: { dueAt: after(60_001) } }),
        sampleAccepted(3, { message: { lane: 5 } }),
        sampleAccepted(4, { delivery: { dueAt: after(30) } }),
      ]),
    )
    await store.deliveries.claimNamed(named(ids(4)))
    const look = () => store.deliveries.due(sampleClaim())
    assert.deepEqual(
      (await look()).map(({ id }) => id),
      ids(1, 0),
    )
    assert.deepEqual(
      await look(),
      await store.deliveries
        .byIds(ids(1, 0))
        .then((rows) => rows.toSorted((a, b) => Number(a.dueAt) - Number(b.dueAt))),
    )
    assert.deepEqual(idsOf(await store.deliveries.due(sampleClaim({ limit: 1 }))), ids(1))
  },

  'what a worker has is not locked, and what is locked is read as it stands': async ({ store }) => {
    await store.transaction((parts) =>
      parts.messages.insert([sampleAccepted(0), sampleAccepted(1), sampleAccepted(2)]),
    )
    await store.deliveries.claimNamed(named(ids(1)))
    const locked = await store.transaction((parts) => parts.deliveries.lockFree(ids(0, 1, 2, 7)))
    assert.deepEqual(idsOf(locked), ids(0, 2))
    assert.deepEqual(locked, await store.deliveries.byIds(locked.map(({ id }) => id)))
    assert.deepEqual(await store.transaction((parts) => parts.deliveries.lockFree([])), [])
  },

  'of two that lock and change the same delivery at once, none overwrites the other': async ({
    store,
    open,
  }) => {
    const other = await open()
    await store.transaction((parts) => parts.messages.insert([sampleAccepted(0)]))
    const add = (on: typeof store): Promise<number> =>
      on.transaction(async (parts) => {
        const [free] = await parts.deliveries.lockFree(ids(0))
        if (free === undefined) return 0
        const { leaseToken: _token, ...settlement } = sampleSent({ ...free, leaseToken: 0 })
        const tries = free.tries + 1
        const written = await parts.deliveries.rewrite([
          { ...settlement, state: 'queued', dueAt: free.dueAt, tries, attempt: null },
        ])
        return written.length
      })
    const counts = await Promise.all(
      Array.from({ length: 20 }, (_, number) => add(number % 2 === 0 ? store : other)),
    )
    const [after20] = await store.deliveries.byIds(ids(0))
    assert.equal(
      after20?.tries,
      counts.reduce((sum, count) => sum + count, 0),
    )
    assert.ok(after20.tries >= 1)
  },

  'a message that is locked is read': async ({ store }) => {
    const { message } = sampleAccepted(0)
    await store.transaction((parts) => parts.messages.insert([sampleAccepted(0)]))
    assert.deepEqual(await store.transaction((parts) => parts.messages.lock(message.id)), message)
    assert.equal(await store.transaction((parts) => parts.messages.lock('nothing')), undefined)
  },

  'what waits is counted by channel and lane, due and later, with the age of the oldest': async ({
    store,
  }) => {
    assert.deepEqual(await store.deliveries.backlog(after(0)), [])
    await store.transaction((parts) =>
      parts.messages.insert([
        ...lanes.map((lane) => sampleAccepted(lane, { message: { lane } })),
        sampleAccepted(10, { delivery: { dueAt: after(5_000) } }),
        sampleAccepted(11, { delivery: { dueAt: after(90_000), plan: [sampleRoute('telegram', '2')] } }),
        sampleAccepted(12, { delivery: { dueAt: null, state: 'sent' } }),
        sampleAccepted(13),
      ]),
    )
    await store.deliveries.claimNamed(named(ids(13)))
    const backlog = await store.deliveries.backlog(after(60_000))
    const found = (channel: string, lane: number) =>
      backlog.find((one) => one.channel === channel && one.lane === lane)
    assert.equal(backlog.length, 7)
    assert.deepEqual(found('email', 2), {
      channel: 'email',
      lane: 2,
      due: 2,
      later: 0,
      oldestDueAt: after(2),
    })
    assert.deepEqual(found('telegram', 2), {
      channel: 'telegram',
      lane: 2,
      due: 0,
      later: 1,
      oldestDueAt: null,
    })
  },
} satisfies Questions<StoreBench>
