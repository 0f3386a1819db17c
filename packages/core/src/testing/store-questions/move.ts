import assert from 'node:assert/strict'
import type { Plan } from '../../model/plan.ts'
import type { RecipientInput } from '../../model/recipient.ts'
import type { RouteState } from '../../model/route.ts'
import type { Store, StoreParts } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import {
  after,
  newIds,
  sampleAccepted,
  sampleEdit,
  sampleId,
  samplePerson,
  sampleRoute,
  sampleSuppression,
} from '../store-samples.ts'
import { askAddresses } from './ask-addresses.ts'

const old = { channel: 'email', address: 'old@guests.test' }
const to = 'new@guests.test'
const moved = { ...old, address: to }

const move = (store: Store): Promise<void> =>
  store.transaction((parts) => parts.recipients.moveAddress(old, to))
const addPerson = (store: Store, externalId: string, routes: RecipientInput['routes']): Promise<string> =>
  store.transaction(async (parts) => {
    const [id = ''] = await parts.recipients.upsert(
      [samplePerson({ externalId, ...(routes !== undefined && { routes }) })],
      newIds(externalId),
      after(0),
    )
    return id
  })
const planOf = async (store: Store, number: number): Promise<Plan | undefined> =>
  (await store.deliveries.byIds([sampleId('delivery', number)]))[0]?.plan
const addressesOf = async (store: Store, number: number): Promise<readonly string[]> =>
  ((await planOf(store, number)) ?? []).map(({ address }) => address)
const settled = (number: number, invitation: 'pending' | 'answered', recipientId: string | null = null) =>
  sampleAccepted(number, {
    invitation: { state: invitation, recipientId },
    delivery: {
      recipientId,
      state: 'delivered',
      dueAt: null,
      plan: [sampleRoute('email', old.address), sampleRoute('telegram', old.address)],
    },
  })

/** Whether an address that goes on under another one is changed wherever it is still used. */
export const moveQuestions = {
  'an address that moves takes everybody’s route along, and nothing of another channel': async ({
    store,
  }) => {
    const routes = [
      { ...old, verified: true },
      { channel: 'sms', address: old.address },
    ]
    await addPerson(store, 'ann', routes)
    await addPerson(store, 'bob', [{ ...old, state: 'bounced' }])
    await addPerson(store, 'cat', { email: 'cat@guests.test' })
    const before = await store.recipients.byExternalIds(['ann', 'bob', 'cat'])
    await move(store)
    const found = await store.recipients.byExternalIds(['ann', 'bob', 'cat'])
    const expected = before.map((recipient) => ({
      ...recipient,
      routes: recipient.routes.map((route) =>
        route.channel === 'email' && route.address === old.address ? { ...route, address: to } : route,
      ),
    }))
    assert.deepEqual(found, expected)
  },

  'a person who had both addresses keeps one route, the better rank, and their “no”': async ({ store }) => {
    const cases: readonly (readonly [RouteState, RouteState, RouteState])[] = [
      ['open', 'open', 'open'],
      ['opted_out', 'open', 'opted_out'],
      ['blocked', 'open', 'blocked'],
      ['bounced', 'open', 'open'],
      ['open', 'opted_out', 'opted_out'],
    ]
    for (const [index, [stateOld, stateNew, kept]] of cases.entries()) {
      const name = `guest-${String(index)}`
      await addPerson(store, name, [
        { ...old, state: stateOld, verified: true },
        { channel: 'telegram', address: '42' },
        { ...moved, state: stateNew },
      ])
      await move(store)
      const [person] = await store.recipients.byExternalIds([name])
      assert.deepEqual(
        person?.routes.map(({ channel, address, rank, state, verified }) => [
          channel,
          address,
          rank,
          state,
          verified,
        ]),
        [
          ['email', to, 1, kept, true],
          ['telegram', '42', 2, 'open', false],
        ],
      )
    }
  },

  'a refusal moves with its address; one that was there before stays': async ({ store }) => {
    const refused = sampleSuppression(1, old)
    const bySms = sampleSuppression(2, { ...old, channel: 'sms', reason: 'bounced' })
    const ofNews = sampleSuppression(4, { ...old, category: 'news' })
    const suppress = store.recipients.suppress
    await suppress([refused, bySms, ofNews])
    await move(store)
    const places = [old, moved, { ...old, channel: 'sms' }]
    assert.deepEqual(await store.recipients.suppressed(places), [
      { ...refused, address: to },
      { ...ofNews, address: to },
      bySms,
    ])
    await suppress([sampleSuppression(3, { ...old, reason: 'complained' })])
    await move(store)
    assert.deepEqual(await store.recipients.suppressed([old, moved]), [
      { ...refused, address: to },
      { ...ofNews, address: to },
    ])
  },

  'questions that were sent to an address are found by its new one': async ({ store }) => {
    await askAddresses(store, [old.address, 'other@guests.test', old.address])
    await move(store)
    const found = await store.invitations.byAddress(moved, { limit: 10 })
    assert.deepEqual(
      found.map(({ invitationId }) => invitationId),
      [sampleId('invitation', 2), sampleId('invitation', 0)],
    )
    assert.deepEqual(await store.invitations.byAddress(old, { limit: 10 }), [])
    assert.deepEqual(await addressesOf(store, 0), [to, 'ann'])
    assert.deepEqual(await addressesOf(store, 1), ['other@guests.test', 'ann'])
  },

  'plans change while there is something due, asked or to be edited, and only on this channel': async ({
    store,
  }) => {
    const recipientId = await addPerson(store, 'ann', [old])
    const due = { ...settled(1, 'answered', recipientId).deliveries[0], dueAt: after(9) }
    await store.transaction(async (parts) => {
      await parts.messages.insert([
        sampleAccepted(1, { invitation: { state: 'answered' }, delivery: due }),
        settled(2, 'pending', recipientId),
        settled(3, 'answered', recipientId),
        settled(4, 'answered', recipientId),
        settled(5, 'pending', 'recipient-other'),
      ])
      await parts.edits.plan([sampleEdit(3)])
    })
    const before = await planOf(store, 1)
    await move(store)
    const addresses = await Promise.all([1, 2, 3, 4, 5].map((number) => addressesOf(store, number)))
    const [changed, same] = [
      [to, old.address],
      [old.address, old.address],
    ]
    assert.deepEqual(addresses, [changed, changed, changed, same, same])
    assert.deepEqual(
      await planOf(store, 1),
      before?.map((route) => (route.channel === 'email' ? { ...route, address: to } : route)),
    )
  },

  'a plan that is written anew is the one that is read': async ({ store }) => {
    await store.transaction((parts) => parts.messages.insert([sampleAccepted(1), sampleAccepted(2)]))
    const plan = [sampleRoute('telegram', '“42”'), sampleRoute('email', to)]
    const before = await planOf(store, 2)
    await store.transaction((parts) =>
      parts.deliveries.replan([{ deliveryId: sampleId('delivery', 1), plan }]),
    )
    assert.deepEqual([await planOf(store, 1), await planOf(store, 2)], [plan, before])
  },

  'moving again, or to itself, changes nothing': async ({ store }) => {
    await addPerson(store, 'ann', [old, { channel: 'telegram', address: '42' }])
    await askAddresses(store, [old.address])
    await move(store)
    const look = async (): Promise<unknown> => [
      await store.recipients.byExternalIds(['ann']),
      await store.deliveries.byIds([sampleId('delivery', 0)]),
      await store.deliveries.attempts(sampleId('delivery', 0)),
    ]
    const before = await look()
    await move(store)
    await store.recipients.moveAddress(moved, to)
    assert.deepEqual(await look(), before)
  },

  'nothing has moved when the transaction failed': async ({ store }) => {
    await addPerson(store, 'ann', [old])
    await askAddresses(store, [old.address])
    const failing = store.transaction(async (parts: StoreParts) => {
      await parts.recipients.suppress([sampleSuppression(1, { ...old, reason: 'manual' })])
      await parts.recipients.moveAddress(old, to)
      throw new Error('planned by the test')
    })
    await assert.rejects(failing, /planned by the test/)
    const [ann] = await store.recipients.byExternalIds(['ann'])
    assert.equal(ann?.routes[0]?.address, old.address)
    assert.deepEqual(await addressesOf(store, 0), [old.address, 'ann'])
    assert.equal((await store.invitations.byAddress(old, { limit: 10 })).length, 1)
    assert.deepEqual(await store.recipients.suppressed([old, moved]), [])
  },
} satisfies Questions<StoreBench>
