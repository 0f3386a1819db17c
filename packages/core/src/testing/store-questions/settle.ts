import assert from 'node:assert/strict'
import type { Settlement } from '../../model/settlement.ts'
import type { ClaimedDelivery, Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import {
  after,
  sampleAccepted,
  sampleAttempt,
  sampleClaim,
  sampleId,
  sampleSent,
  sampleSettlement,
} from '../store-samples.ts'

/** Accepts a message, takes its delivery and begins an attempt. */
async function takeOne(store: Store): Promise<ClaimedDelivery> {
  return store.transaction(async (parts) => {
    await parts.messages.insert([sampleAccepted(1)])
    const [claimed] = await parts.deliveries.claimDue(sampleClaim())
    assert.ok(claimed)
    await parts.deliveries.startAttempts([sampleAttempt(claimed)])
    return claimed
  })
}

/** Closes an attempt in such a way that the delivery is due again, and takes it again. */
async function settleAndTakeAgain(
  store: Store,
  claimed: ClaimedDelivery,
  attempt: Settlement['attempt'],
): Promise<readonly ClaimedDelivery[]> {
  await store.deliveries.settle([sampleSent(claimed, { dueAt: after(0), dueChannel: 'email', attempt })])
  return store.deliveries.claimDue(sampleClaim())
}

/** Whether outcomes are written once, by whoever may. */
export const settleQuestions = {
  'a settlement writes every part of the progress': async ({ store }) => {
    const claimed = await takeOne(store)
    const progress = {
      state: 'delivered',
      reason: 'exhausted',
      position: 1,
      step: 'follow_up',
      dueAt: after(90_000),
      attempts: 3,
      tries: 2,
      routeSince: after(60_000),
      acceptedAt: after(61_000),
      firstAcceptedAt: after(60_500),
      reminders: 1,
      doubtful: true,
      crashes: 4,
      updatedAt: after(62_000),
    } as const
    await store.deliveries.settle([sampleSent(claimed, { ...progress, dueChannel: '', dueLane: 4 })])
    const { leaseToken: _token, ...before } = claimed
    const [stored] = await store.deliveries.byIds([claimed.id])
    assert.deepEqual(stored, { ...before, ...progress })
  },

  'settling twice is settling once': async ({ store }) => {
    const claimed = await takeOne(store)
    assert.deepEqual(await store.deliveries.settle([sampleSent(claimed)]), [claimed.id])
    assert.deepEqual(await store.deliveries.settle([sampleSent(claimed, { state: 'failed' })]), [])
    assert.equal((await store.deliveries.byIds([claimed.id]))[0]?.state, 'sent')
  },

  'of many settlements those that are still ours are named': async ({ store }) => {
    await store.transaction((parts) => parts.messages.insert([sampleAccepted(1), sampleAccepted(2)]))
    const [one, other] = await store.deliveries.claimDue(sampleClaim())
    assert.ok(one && other)
    const stale = sampleSent(one, { leaseToken: one.leaseToken + 7 })
    assert.deepEqual(await store.deliveries.settle([stale, sampleSent(other)]), [other.id])
  },

  'a settlement closes the attempt, which is then found by the provider’s id': async ({ store }) => {
    const claimed = await takeOne(store)
    const attempt = { number: 1, state: 'accepted', providerMessageId: '<1@provider.test>' } as const
    await store.deliveries.settle([sampleSent(claimed, { attempt, updatedAt: after(61_000) })])
    const closed = { ...sampleAttempt(claimed), ...attempt, settledAt: after(61_000) }
    assert.deepEqual(await store.deliveries.attempts(claimed.id), [closed])
    assert.deepEqual(await store.deliveries.attemptByProviderId('email', '<1@provider.test>'), closed)
    assert.equal(await store.deliveries.attemptByProviderId('telegram', '<1@provider.test>'), undefined)
    assert.equal(await store.deliveries.attemptByProviderId('email', '<2@provider.test>'), undefined)
  },

  'a settlement that is not ours closes no attempt': async ({ store }) => {
    const claimed = await takeOne(store)
    const attempt = { number: 1, state: 'failed', providerMessageId: null } as const
    await store.deliveries.settle([sampleSent(claimed, { attempt, leaseToken: claimed.leaseToken + 1 })])
    assert.equal((await store.deliveries.attempts(claimed.id))[0]?.state, 'started')
  },

  'of several attempts with one provider id the newest is found': async ({ store }) => {
    const claimed = await takeOne(store)
    const again = sampleAttempt(claimed, { number: 2, startedAt: after(70_000), providerMessageId: null })
    await store.deliveries.startAttempts([again])
    const closing = { state: 'accepted', providerMessageId: 'same' } as const
    const [retaken] = await settleAndTakeAgain(store, claimed, { number: 1, ...closing })
    assert.ok(retaken)
    await store.deliveries.settle([sampleSent(retaken, { attempt: { number: 2, ...closing } })])
    assert.equal((await store.deliveries.attemptByProviderId('email', 'same'))?.number, 2)
    assert.deepEqual(
      (await store.deliveries.attempts(claimed.id)).map(({ number }) => number),
      [1, 2],
    )
  },

  'an attempt is found by every id its provider named, on its channel': async ({ store }) => {
    const claimed = await takeOne(store)
    const accepted = { number: 1, state: 'accepted', providerMessageId: '42:1' } as const
    const attempt = { ...accepted, otherIds: { channel: 'email', ids: ['poll-1', 'poll-2', 'poll-1'] } }
    const settlement = sampleSent(claimed, { attempt, updatedAt: after(61_000) })
    await store.deliveries.settle([settlement])
    const closed = { ...sampleAttempt(claimed), ...accepted, settledAt: after(61_000) }
    for (const id of ['42:1', 'poll-1', 'poll-2'])
      assert.deepEqual(await store.deliveries.attemptByProviderId('email', id), closed)
    assert.equal(await store.deliveries.attemptByProviderId('telegram', 'poll-1'), undefined)
    assert.deepEqual(await store.deliveries.attempts(claimed.id), [closed])
  },

  'a settlement that is not ours names no further ids': async ({ store }) => {
    const claimed = await takeOne(store)
    const attempt = {
      number: 1,
      state: 'accepted',
      providerMessageId: '42:1',
      otherIds: { channel: 'email', ids: ['poll-1'] },
    } as const
    await store.deliveries.settle([sampleSent(claimed, { attempt, leaseToken: claimed.leaseToken + 1 })])
    assert.equal(await store.deliveries.attemptByProviderId('email', 'poll-1'), undefined)
  },

  'an id named by two attempts is the newer one’s, whichever way it was named': async ({ store }) => {
    const claimed = await takeOne(store)
    await store.deliveries.startAttempts([sampleAttempt(claimed, { number: 2, startedAt: after(70_000) })])
    const ids = { channel: 'email', ids: ['a', 'b'] }
    const [retaken] = await settleAndTakeAgain(store, claimed, {
      number: 1,
      state: 'accepted',
      providerMessageId: 'c',
      otherIds: ids,
    })
    assert.ok(retaken)
    const second = { number: 2, state: 'accepted', providerMessageId: 'a' } as const
    await store.deliveries.settle([
      sampleSent(retaken, { attempt: { ...second, otherIds: { channel: 'email', ids: ['c'] } } }),
    ])
    const found = await Promise.all(
      ['a', 'b', 'c'].map((id) => store.deliveries.attemptByProviderId('email', id)),
    )
    assert.deepEqual(
      found.map((attempt) => attempt?.number),
      [2, 1, 2],
    )
  },

  'rewriting leaves alone what a worker holds': async ({ store }) => {
    const claimed = await takeOne(store)
    await store.transaction((parts) => parts.messages.insert([sampleAccepted(2)]))
    const [free] = await store.deliveries.byIds([sampleId('delivery', 2)])
    assert.ok(free)
    const cancelled = { state: 'cancelled', reason: 'cancelled', dueAt: null } as const
    const written = await store.deliveries.rewrite([
      sampleSettlement(claimed, cancelled),
      sampleSettlement(free, cancelled),
    ])
    assert.deepEqual(written, [free.id])
    assert.equal((await store.deliveries.byIds([claimed.id]))[0]?.state, 'sending')
    assert.equal((await store.deliveries.byIds([free.id]))[0]?.state, 'cancelled')
  },

  'what is not due any more is never taken again': async ({ store }) => {
    const claimed = await takeOne(store)
    await store.deliveries.settle([sampleSent(claimed)])
    assert.deepEqual(await store.deliveries.claimDue(sampleClaim({ now: after(10 * 86_400_000) })), [])
    assert.deepEqual(await store.deliveries.nextDue(['', 'email', 'telegram']), [])
  },

  'many claims and settlements share a transaction': async ({ store }) => {
    const count = 500
    const accepted = Array.from({ length: count }, (_, number) => sampleAccepted(number))
    await store.transaction((parts) => parts.messages.insert(accepted))
    const claims = await store.deliveries.claimDue(sampleClaim({ limit: count }))
    const settled = await store.transaction((parts) =>
      parts.deliveries.settle(claims.map((claim) => sampleSent(claim))),
    )
    assert.equal(settled.length, count)
    assert.deepEqual(await store.deliveries.counts({}), { sent: count })
  },
} satisfies Questions<StoreBench>
