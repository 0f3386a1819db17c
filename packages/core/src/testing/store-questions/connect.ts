import assert from 'node:assert/strict'
import type { RecipientInput, Recipient } from '../../model/recipient.ts'
import type { Route } from '../../model/route.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, newIds, sampleConnectLink, samplePerson, sampleSuppression } from '../store-samples.ts'

const telegram = { channel: 'telegram', address: '42' }

async function person(store: Store, input: Omit<RecipientInput, 'externalId'>): Promise<Recipient> {
  const draft = samplePerson({ externalId: 'ann', ...input })
  const [id = ''] = await store.transaction((parts) =>
    parts.recipients.upsert([draft], newIds('person'), after(0)),
  )
  return personById(store, id)
}
async function personById(store: Store, id: string): Promise<Recipient> {
  const [found] = await store.recipients.byIds([id])
  assert.ok(found)
  return found
}
const connect = (store: Store, { id }: Recipient, place = telegram, prefix = 'route'): Promise<Route> =>
  store.transaction((parts) => parts.recipients.connectRoute(id, place, newIds(prefix), after(1_000)))

/** Whether a person connects a medium to their profile once, by the one who got the link. */
export const connectQuestions = {
  'a link that connects a medium is found by the hash of its token': async ({ store }) => {
    const links = [
      sampleConnectLink(1),
      sampleConnectLink(2, { channel: 'whatsapp-cloud', usedAt: after(5), usedBy: '“ÿ”' }),
    ]
    for (const link of links) await store.transaction((parts) => parts.links.issueConnect(link))
    for (const link of links) assert.deepEqual(await store.links.connectByHash(link.hash), link)
    assert.equal(await store.links.connectByHash('00'), undefined)
    assert.equal(await store.links.byHash(sampleConnectLink(1).hash), undefined)
  },

  'a link that connects is used by the first address, and by no other after it': async ({ store }) => {
    const [link, other] = [sampleConnectLink(1), sampleConnectLink(2)]
    await store.transaction(async (parts) => {
      await parts.links.issueConnect(link)
      await parts.links.issueConnect(other)
    })
    const use = (usedBy: string, atMs: number): Promise<void> =>
      store.transaction((parts) => parts.links.useConnect(link.hash, usedBy, after(atMs)))
    await use('42', 1_000)
    const used = { ...link, usedAt: after(1_000), usedBy: '42' }
    assert.deepEqual(await store.links.connectByHash(link.hash), used)
    await use('42', 2_000)
    await use('4711', 3_000)
    assert.deepEqual(await store.links.connectByHash(link.hash), used)
    assert.deepEqual(await store.links.connectByHash(other.hash), other)
    await store.transaction((parts) => parts.links.useConnect('00', '42', after(0)))
  },

  'a connected route stands verified and open behind the person’s others': async ({ store }) => {
    const before = await person(store, {
      routes: [
        { channel: 'email', address: 'ann@guests.test' },
        { channel: 'sms', address: '+4930123456', rank: 7 },
      ],
    })
    const route = await connect(store, before)
    assert.deepEqual(route, { id: route.id, ...telegram, rank: 8, verified: true, state: 'open' })
    assert.deepEqual((await personById(store, before.id)).routes, [...before.routes, route])
  },

  'the first route of a person has rank 1': async ({ store }) => {
    const before = await person(store, {})
    const route = await connect(store, before)
    assert.equal(route.rank, 1)
    assert.deepEqual((await personById(store, before.id)).routes, [route])
  },

  'an address that was there keeps its id and its rank, and is open again': async ({ store }) => {
    for (const state of ['open', 'opted_out', 'bounced', 'blocked'] as const) {
      const routes = [
        { ...telegram, state },
        { channel: 'email', address: 'ann@guests.test' },
      ]
      const before = await person(store, { routes })
      const known = before.routes.find(({ channel }) => channel === 'telegram')
      const route = await connect(store, before, telegram, state)
      assert.deepEqual(route, { ...known, verified: true, state: 'open' })
      assert.equal((await personById(store, before.id)).routes.length, 2)
      await person(store, { routes: {} })
    }
  },

  'connecting again changes nothing, and another address is another route': async ({ store }) => {
    const before = await person(store, {})
    const first = await connect(store, before)
    assert.deepEqual(await connect(store, before, telegram, 'again'), first)
    const second = await connect(store, before, { ...telegram, address: '43' }, 'second')
    assert.deepEqual((await personById(store, before.id)).routes, [first, second])
  },

  'connecting does not take back that an address said stop': async ({ store }) => {
    const refused = sampleSuppression(1, telegram)
    const before = await person(store, { routes: [{ ...telegram, state: 'opted_out' }] })
    await store.transaction((parts) => parts.recipients.suppress([refused]))
    await connect(store, before)
    assert.deepEqual(await store.recipients.suppressed([telegram]), [refused])
  },

  'nothing is connected when the transaction failed': async ({ store }) => {
    const before = await person(store, { routes: { email: 'ann@guests.test' } })
    const link = sampleConnectLink(1)
    await store.transaction((parts) => parts.links.issueConnect(link))
    const failing = store.transaction(async (parts) => {
      await parts.recipients.connectRoute(before.id, telegram, newIds('route'), after(0))
      await parts.links.useConnect(link.hash, '42', after(0))
      throw new Error('planned by the test')
    })
    await assert.rejects(failing, /planned by the test/)
    assert.deepEqual(await personById(store, before.id), before)
    assert.deepEqual(await store.links.connectByHash(link.hash), link)
  },
} satisfies Questions<StoreBench>
