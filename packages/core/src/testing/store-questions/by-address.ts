import assert from 'node:assert/strict'
import type { InvitationState } from '../../model/invitation.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleAccepted, sampleAttempt, sampleId, sampleRoute } from '../store-samples.ts'
import { askAddresses } from './ask-addresses.ts'

const ann = { channel: 'email', address: 'ann@guests.test' }
const pair = (number: number) => ({
  invitationId: sampleId('invitation', number),
  deliveryId: sampleId('delivery', number),
})
const close = (store: Store, number: number, state: InvitationState): Promise<void> =>
  store.transaction((parts) =>
    parts.invitations.update({
      id: sampleId('invitation', number),
      state,
      revision: 1,
      value: true,
      via: 'portal',
      answeredAt: after(5_000),
      closedAt: after(5_000),
    }),
  )

/** Whether a message that names nothing but its sender finds the questions its sender was asked. */
export const byAddressQuestions = {
  'an address finds the questions it was sent, newest first, in the states asked for': async ({ store }) => {
    const { byAddress } = store.invitations
    await askAddresses(store, [ann.address, 'bob@guests.test', ann.address, ann.address])
    await close(store, 3, 'answered')
    assert.deepEqual(await byAddress(ann, { limit: 10 }), [pair(3), pair(2), pair(0)])
    assert.deepEqual(await byAddress(ann, { states: ['pending'], limit: 10 }), [pair(2), pair(0)])
    assert.deepEqual(await byAddress(ann, { states: ['pending'], limit: 1 }), [pair(2)])
    assert.deepEqual(await byAddress(ann, { states: ['answered', 'declined'], limit: 10 }), [pair(3)])
    assert.deepEqual(await byAddress(ann, { states: ['expired'], limit: 10 }), [])
  },

  'an address finds nothing by another channel, and nothing that was not sent': async ({ store }) => {
    const later = sampleAccepted(7, { delivery: { dueAt: after(3_600_000) } })
    await store.transaction((parts) => parts.messages.insert([later]))
    await askAddresses(store, [ann.address])
    const look = (channel: string, address: string): Promise<readonly unknown[]> =>
      store.invitations.byAddress({ channel, address }, { limit: 10 })
    assert.deepEqual(await look('telegram', 'ann'), [])
    assert.deepEqual(await look('telegram', ann.address), [])
    assert.deepEqual(await look('email', 'ann'), [])
    assert.deepEqual(await look('email', 'ANN@guests.test'), [])
    assert.deepEqual(await look('email', 'guest-7@guests.test'), [])
  },

  'a question counts as sent while its end is not known, and not once it failed': async ({ store }) => {
    const deliveries = [1, 2, 3, 4].map((number) => sampleAccepted(number))
    const states = ['started', 'accepted', 'unknown', 'failed'] as const
    await store.transaction(async (parts) => {
      await parts.messages.insert(deliveries)
      await parts.deliveries.startAttempts(
        deliveries.flatMap(({ deliveries: [delivery] }, index) =>
          delivery === undefined
            ? []
            : [sampleAttempt(delivery, { address: ann.address, state: states[index] ?? 'started' })],
        ),
      )
    })
    assert.deepEqual(await store.invitations.byAddress(ann, { limit: 10 }), [pair(3), pair(2), pair(1)])
  },

  'a question that was sent often to one address is found once, by its newest delivery': async ({
    store,
  }) => {
    const [first, second] = [sampleAccepted(1), sampleAccepted(2)]
    const invitationId = sampleId('invitation', 1)
    const deliveries = [first, second].flatMap((accepted) =>
      accepted.deliveries.map((delivery) => ({ ...delivery, invitationId })),
    )
    await store.transaction(async (parts) => {
      await parts.messages.insert([{ ...first, deliveries }])
      const attempts = deliveries.flatMap((delivery) =>
        [1, 2].map((number) => sampleAttempt(delivery, { number, address: ann.address })),
      )
      await parts.deliveries.startAttempts(attempts)
    })
    const once = [{ invitationId, deliveryId: sampleId('delivery', 2) }]
    assert.deepEqual(await store.invitations.byAddress(ann, { limit: 10 }), once)
  },

  'a notice to the same address is no question': async ({ store }) => {
    const { message, deliveries } = sampleAccepted(1, { delivery: { invitationId: null } })
    await store.transaction(async (parts) => {
      await parts.messages.insert([{ message, request: null, invitations: [], deliveries }])
      await parts.deliveries.startAttempts(
        deliveries.map((delivery) => sampleAttempt(delivery, { address: ann.address })),
      )
    })
    assert.deepEqual(await store.invitations.byAddress(ann, { limit: 10 }), [])
  },

  'an attempt that keeps no address is found by none': async ({ store }) => {
    const plan = [sampleRoute('email', ann.address)]
    const accepted = sampleAccepted(1, { delivery: { plan } })
    await store.transaction(async (parts) => {
      await parts.messages.insert([accepted])
      await parts.deliveries.startAttempts(accepted.deliveries.map((delivery) => sampleAttempt(delivery)))
    })
    assert.deepEqual(await store.invitations.byAddress(ann, { limit: 10 }), [])
  },

  'the signs that searches give a meaning are ordinary in an address': async ({ store }) => {
    const addresses = [
      'a_b@guests.test',
      'axb@guests.test',
      '%@guests.test',
      '"a\\b"@guests.test',
      "o'hara@guests.test",
    ]
    await askAddresses(store, addresses)
    for (const [number, address] of addresses.entries())
      assert.deepEqual(await store.invitations.byAddress({ channel: 'email', address }, { limit: 10 }), [
        pair(number),
      ])
  },
} satisfies Questions<StoreBench>
