import assert from 'node:assert/strict'
import type { RecipientInput, Recipient } from '../../model/recipient.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, newIds, samplePerson, sampleSuppression } from '../store-samples.ts'

const upsert = async (store: Store, input: RecipientInput, prefix = input.externalId): Promise<Recipient> => {
  await store.transaction((parts) => parts.recipients.upsert([samplePerson(input)], newIds(prefix), after(0)))
  const [stored] = await store.recipients.byExternalIds([input.externalId])
  assert.ok(stored)
  return stored
}
const routesOf = (recipient: Recipient | undefined): readonly (readonly [string, string, string])[] =>
  (recipient?.routes ?? []).map(({ channel, address, state }) => [channel, address, state])

const email = { channel: 'email', address: 'ann@guests.test' }

/** Whether people, their routes and their refusals are kept. */
export const peopleQuestions = {
  'a person comes back as described': async ({ store }) => {
    const stored = await upsert(store, {
      externalId: 'ann',
      name: 'Ánn O’Hara "Annie"',
      locale: 'pt-BR',
      zone: 'America/Argentina/Buenos_Aires',
      attributes: { team: 'red', size: 3, vegan: true, note: null },
      preferences: { order: ['telegram', 'email'], off: [{ category: 'news' }] },
      routes: [
        { channel: 'email', address: 'ann@guests.test', verified: true },
        { channel: 'telegram', address: '42', state: 'blocked' },
      ],
    })
    const { routes, ...person } = stored
    assert.deepEqual(person, {
      id: stored.id,
      externalId: 'ann',
      name: 'Ánn O’Hara "Annie"',
      locale: 'pt-BR',
      zone: 'America/Argentina/Buenos_Aires',
      attributes: { team: 'red', size: 3, vegan: true, note: null },
      preferences: { order: ['telegram', 'email'], off: [{ category: 'news' }] },
    })
    assert.deepEqual(
      routes.map(({ id: _id, ...route }) => route),
      [
        { channel: 'email', address: 'ann@guests.test', rank: 1, verified: true, state: 'open' },
        { channel: 'telegram', address: '42', rank: 2, verified: false, state: 'blocked' },
      ],
    )
    assert.deepEqual(await store.recipients.byIds([stored.id]), [stored])
  },

  'a person described again keeps their id and what was not named': async ({ store }) => {
    const first = await upsert(store, {
      externalId: 'ann',
      name: 'Ann',
      locale: 'de',
      routes: { email: 'a@b.test' },
    })
    const second = await upsert(store, { externalId: 'ann', zone: 'Europe/Berlin' }, 'again')
    assert.deepEqual(second, { ...first, zone: 'Europe/Berlin' })
  },

  'ids come back in the order of the descriptions': async ({ store }) => {
    const bob = await upsert(store, { externalId: 'bob' })
    const names = ['ann', 'bob', 'cat']
    const drafts = names.map((externalId) => samplePerson({ externalId }))
    const ids = await store.transaction((parts) => parts.recipients.upsert(drafts, newIds('new'), after(0)))
    assert.equal(ids[1], bob.id)
    const stored = await Promise.all(ids.map((id) => store.recipients.byIds([id])))
    assert.deepEqual(
      stored.map(([recipient]) => recipient?.externalId),
      names,
    )
  },

  'new routes replace the old ones, in their new order': async ({ store }) => {
    const telegram = { channel: 'telegram', address: '42' }
    const first = await upsert(store, {
      externalId: 'ann',
      routes: [{ channel: 'email', address: 'old@b.test' }, telegram],
    })
    const second = await upsert(store, {
      externalId: 'ann',
      routes: [telegram, { channel: 'email', address: 'new@b.test' }],
    })
    assert.deepEqual(routesOf(second), [
      ['telegram', '42', 'open'],
      ['email', 'new@b.test', 'open'],
    ])
    assert.deepEqual(
      second.routes.map(({ rank }) => rank),
      [1, 2],
    )
    const idOf = (recipient: Recipient): string | undefined =>
      recipient.routes.find(({ channel }) => channel === 'telegram')?.id
    assert.equal(idOf(second), idOf(first))
    const ids = second.routes.map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
    assert.deepEqual((await upsert(store, { externalId: 'ann', routes: {} })).routes, [])
  },

  'routes that come and go many times never collide': async ({ store }) => {
    const seen = new Map<string, string>()
    for (let round = 0; round < 6; round += 1) {
      const routes = Array.from({ length: 1 + ((round * 2) % 5) }, (_, index) => ({
        channel: 'email',
        address: `ann${String((index + round) % 4)}.${String(index)}@guests.test`,
      }))
      const stored = await upsert(store, { externalId: 'ann', routes }, `round-${String(round)}`)
      assert.equal(stored.routes.length, routes.length)
      for (const { id, address } of stored.routes) {
        assert.equal(seen.get(id) ?? address, address, 'an id was given to another address')
        seen.set(id, address)
      }
    }
  },

  'a route described twice is one route': async ({ store }) => {
    const routes = [email, email, { channel: 'telegram', address: '42' }]
    assert.equal((await upsert(store, { externalId: 'ann', routes })).routes.length, 2)
  },

  'a route that is shut stays shut when it is described again': async ({ store }) => {
    for (const state of ['opted_out', 'bounced'] as const) {
      await upsert(store, { externalId: 'ann', routes: [email] })
      await store.transaction((parts) => parts.recipients.setRouteState(email, state))
      const again = await upsert(store, { externalId: 'ann', routes: [{ ...email, verified: true }] })
      assert.deepEqual(routesOf(again), [['email', 'ann@guests.test', state]])
      await store.transaction((parts) => parts.recipients.setRouteState(email, 'open'))
    }
  },

  'the state of a route counts for everybody with that address, and for nothing else': async ({ store }) => {
    await upsert(store, { externalId: 'ann', routes: [email, { channel: 'sms', address: email.address }] })
    await upsert(store, { externalId: 'bob', routes: [email] })
    await store.transaction((parts) => parts.recipients.setRouteState(email, 'opted_out'))
    const [ann] = await store.recipients.byExternalIds(['ann'])
    const [bob] = await store.recipients.byExternalIds(['bob'])
    assert.deepEqual(routesOf(ann), [
      ['email', 'ann@guests.test', 'opted_out'],
      ['sms', 'ann@guests.test', 'open'],
    ])
    assert.deepEqual(routesOf(bob), [['email', 'ann@guests.test', 'opted_out']])
  },

  'a refused address is known with its first reason until it is taken back': async ({ store }) => {
    const { recipients } = store
    const refused = sampleSuppression(1, email)
    await store.transaction((parts) => parts.recipients.suppress([refused]))
    await store.transaction((parts) =>
      parts.recipients.suppress([sampleSuppression(2, { ...email, reason: 'bounced' })]),
    )
    const asked = [
      email,
      { channel: 'telegram', address: email.address },
      { channel: 'email', address: 'bob' },
    ]
    assert.deepEqual(await recipients.suppressed(asked), [refused])
    await store.transaction((parts) => parts.recipients.unsuppress({ ...email, category: null }))
    assert.deepEqual(await recipients.suppressed(asked), [])
    assert.deepEqual(await recipients.suppressed([]), [])
  },

  'the host’s own id is compared to the letter': async ({ store }) => {
    await upsert(store, { externalId: 'ann' })
    const other = await upsert(store, { externalId: 'Ann' })
    assert.deepEqual(await store.recipients.byExternalIds(['Ann']), [other])
    assert.deepEqual(await store.recipients.byExternalIds(["' OR 1=1 --"]), [])
  },
} satisfies Questions<StoreBench>
