import assert from 'node:assert/strict'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleAccepted, sampleId, sampleLink, sampleResponse } from '../store-samples.ts'

const id = sampleId('invitation', 1)
const answered = {
  id,
  state: 'answered',
  revision: 1,
  via: 'portal',
  answeredAt: after(5_000),
  closedAt: after(5_000),
} as const

const insertOne = (store: Store): Promise<void> =>
  store.transaction((parts) => parts.messages.insert([sampleAccepted(1)]))

/** Whether answers stay what they were, and links lead to their question. */
export const answerQuestions = {
  'an answer’s value comes back as it was, whatever its type': async ({ store }) => {
    await insertOne(store)
    const values = [true, false, 0, 12.5, '', 'ÿes "quoted"', ['a', 'b'], { coming: 'yes', party: 3 }, null]
    for (const value of values) {
      await store.transaction((parts) => parts.invitations.update({ ...answered, value }))
      assert.deepEqual((await store.invitations.byId(id))?.value, value)
    }
  },

  'a changed invitation keeps everything else': async ({ store }) => {
    await insertOne(store)
    const before = await store.invitations.byId(id)
    await store.transaction((parts) => parts.invitations.update({ ...answered, value: true }))
    assert.deepEqual(await store.invitations.byId(id), { ...before, ...answered, value: true })
  },

  'of many who lock an invitation and answer it at once, one is first': async ({ store }) => {
    await insertOne(store)
    const answer = (number: number): Promise<boolean> =>
      store.transaction(async (parts) => {
        const invitation = await parts.invitations.lock(id)
        if (invitation?.state !== 'pending') return false
        await new Promise((resolve) => setImmediate(resolve))
        await parts.invitations.update({ ...answered, value: number })
        return true
      })
    const winners = await Promise.all(Array.from({ length: 10 }, (_, number) => answer(number)))
    assert.equal(winners.filter(Boolean).length, 1)
    assert.equal((await store.invitations.byId(id))?.value, winners.indexOf(true))
  },

  'of two connections that lock an invitation and answer it at once, one is first': async ({
    store,
    open,
  }) => {
    await insertOne(store)
    const answer = (on: Store): Promise<boolean> =>
      on.transaction(async (parts) => {
        if ((await parts.invitations.lock(id))?.state !== 'pending') return false
        await parts.invitations.update({ ...answered, value: true })
        return true
      })
    const winners = await Promise.all([answer(store), answer(await open())])
    assert.equal(winners.filter(Boolean).length, 1)
  },

  'responses come back in order, whatever became of them': async ({ store }) => {
    const responses = [
      sampleResponse(1, { status: 'refused', revision: null, value: 'perhaps', provisional: true }),
      sampleResponse(2, { invitationId: id, value: { party: 2 } }),
      sampleResponse(3, { invitationId: id, status: 'late', revision: null, deliveryId: null, via: 'api' }),
    ]
    for (const response of responses.toReversed())
      await store.transaction((parts) => parts.invitations.appendResponse(response))
    assert.deepEqual(await store.invitations.responses(id), responses)
    assert.deepEqual(await store.invitations.responses('invitation-unknown'), [])
  },

  'one revision is written once': async ({ store }) => {
    await store.transaction((parts) => parts.invitations.appendResponse(sampleResponse(1)))
    const again = sampleResponse(2, { invitationId: id, revision: 1 })
    await assert.rejects(store.transaction((parts) => parts.invitations.appendResponse(again)))
    const refused = [3, 4].map((number) => sampleResponse(number, { invitationId: id, revision: null }))
    for (const response of refused)
      await store.transaction((parts) => parts.invitations.appendResponse(response))
    assert.equal((await store.invitations.responses(id)).length, 3)
  },

  'a link is found by the hash of its token, with everything it is good for': async ({ store }) => {
    const links = [
      sampleLink(1),
      sampleLink(2, { purpose: 'unsubscribe', expiresAt: null, invitationId: null, position: 1 }),
    ]
    await store.transaction((parts) => parts.links.issue(links))
    for (const link of links) assert.deepEqual(await store.links.byHash(link.hash), link)
    assert.equal(await store.links.byHash('00'), undefined)
    assert.equal(await store.links.byHash(sampleId('delivery', 1)), undefined)
  },

  'revoking ends every link of one delivery, once': async ({ store }) => {
    const [one, other] = [sampleLink(1), sampleLink(2)]
    await store.transaction((parts) => parts.links.issue([one, other]))
    await store.transaction((parts) => parts.links.revoke(one.deliveryId, after(1_000)))
    await store.transaction((parts) => parts.links.revoke(one.deliveryId, after(2_000)))
    assert.deepEqual((await store.links.byHash(one.hash))?.revokedAt, after(1_000))
    assert.equal((await store.links.byHash(other.hash))?.revokedAt, null)
  },
} satisfies Questions<StoreBench>
