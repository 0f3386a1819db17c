import assert from 'node:assert/strict'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleAccepted, sampleId, sampleRoute } from '../store-samples.ts'

/** Whether what was accepted stays as it was accepted, once. */
export const acceptQuestions = {
  'an accepted message comes back as it was written': async ({ store }) => {
    const text = 'Příští pátek? 🍝 \u202bעברית\u202c "quotes" \'single\' % _ \\ \n\ttab'
    const accepted = sampleAccepted(1, {
      message: { content: { text }, originator: { name: text, details: text }, key: 'key-1' },
      invitation: { name: text, locale: 'pt-BR', to: text, recipientId: 'recipient-1' },
      delivery: { name: text, locale: 'pt-BR', to: text, recipientId: 'recipient-1' },
      request: text,
    })
    await store.transaction((parts) => parts.messages.insert([accepted]))
    assert.deepEqual(await store.messages.byId(accepted.message.id), accepted.message)
    assert.deepEqual(await store.invitations.byId(sampleId('invitation', 1)), accepted.invitations[0])
    assert.deepEqual(await store.deliveries.byIds([sampleId('delivery', 1)]), accepted.deliveries)
    assert.deepEqual(await store.messages.byKeys(['key-1']), [
      { key: 'key-1', messageId: accepted.message.id, request: text },
    ])
  },

  'a notice has no invitation, and what is absent comes back absent': async ({ store }) => {
    const { message, deliveries } = sampleAccepted(1, {
      message: { answer: null, originator: null, until: null, remindersMs: [], content: { text: 'Hello' } },
      delivery: { invitationId: null },
    })
    await store.transaction((parts) =>
      parts.messages.insert([{ message, request: null, invitations: [], deliveries }]),
    )
    assert.deepEqual(await store.messages.byIds([message.id]), [message])
    assert.deepEqual(await store.deliveries.byIds([sampleId('delivery', 1)]), deliveries)
  },

  'one key is one message': async ({ store }) => {
    const first = sampleAccepted(1, { message: { key: 'dinner' }, request: 'first' })
    await store.transaction((parts) => parts.messages.insert([first]))
    const second = sampleAccepted(2, { message: { key: 'dinner' }, request: 'second' })
    await assert.rejects(store.transaction((parts) => parts.messages.insert([second])))
    assert.equal((await store.messages.byKeys(['dinner']))[0]?.messageId, sampleId('message', 1))
    assert.equal((await store.deliveries.list({}, { limit: 10 })).length, 1)
  },

  'any number of messages may have no key': async ({ store }) => {
    await store.transaction((parts) => parts.messages.insert([sampleAccepted(1), sampleAccepted(2)]))
    assert.equal((await store.messages.list({ limit: 10 })).length, 2)
  },

  'twenty who accept under one key at once write one message': async ({ store }) => {
    const accept = (number: number): Promise<string> =>
      store.transaction(async (parts) => {
        const [known] = await parts.messages.byKeys(['dinner'])
        if (known !== undefined) return known.messageId
        const accepted = sampleAccepted(number, { message: { key: 'dinner' }, request: 'same' })
        await parts.messages.insert([accepted])
        return accepted.message.id
      })
    const ids = await Promise.all(Array.from({ length: 20 }, (_, number) => accept(number)))
    assert.equal(new Set(ids).size, 1)
    assert.equal((await store.messages.list({ limit: 100 })).length, 1)
  },

  'moments come back to the millisecond and sort by time': async ({ store }) => {
    const moments = [
      '1969-12-31T23:59:59.999Z',
      '2026-03-29T01:00:00.001Z',
      '2026-10-25T00:59:59.999Z',
      '2026-10-25T01:00:00.000Z',
      '2036-02-29T12:00:00.500Z',
    ].map((text) => new Date(text))
    const deliveries = moments.map((dueAt, number) => sampleAccepted(number, { delivery: { dueAt } }))
    await store.transaction((parts) => parts.messages.insert(deliveries.toReversed()))
    const claim = { channel: 'email', lane: 2, worker: 'worker-1', limit: 10 } as const
    const claimed = await store.transaction((parts) =>
      parts.deliveries.claimDue({ ...claim, now: moments.at(-1) ?? after(0), leaseUntil: after(0) }),
    )
    assert.deepEqual(
      claimed.map(({ dueAt }) => dueAt?.toISOString()),
      moments.map((moment) => moment.toISOString()),
    )
  },

  'a plan of fifty routes and a text of twenty thousand characters fit': async ({ store }) => {
    const plan = Array.from({ length: 50 }, (_, index) =>
      sampleRoute('email', `${'a'.repeat(300)}${String(index)}`),
    )
    const text = '𝔞'.repeat(10_000)
    const accepted = sampleAccepted(1, { message: { content: { text } }, delivery: { plan } })
    await store.transaction((parts) => parts.messages.insert([accepted]))
    assert.deepEqual((await store.deliveries.byIds([sampleId('delivery', 1)]))[0]?.plan, plan)
    assert.equal((await store.messages.byId(accepted.message.id))?.content.text, text)
  },
} satisfies Questions<StoreBench>
