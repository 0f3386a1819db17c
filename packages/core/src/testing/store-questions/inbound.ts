import assert from 'node:assert/strict'
import type { InboundFact } from '../../model/inbound-fact.ts'
import type { UnmatchedFact } from '../../model/unmatched-fact.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleClarification, sampleUnmatched } from '../store-samples.ts'

const keep = (store: Store, facts: readonly UnmatchedFact[]): Promise<readonly UnmatchedFact[]> =>
  store.transaction((parts) => parts.inbound.keepUnmatched(facts))
const all = (store: Store): Promise<readonly UnmatchedFact[]> => store.inbound.listUnmatched({ limit: 100 })

/** Whether what came in is told from what came in before, and waits for its message, a human or a word of its sender. */
export const inboundQuestions = {
  'a fact from outside is remembered once for each channel': async ({ store }) => {
    const remember = (channel: string, ids: readonly string[]): Promise<readonly string[]> =>
      store.transaction((parts) => parts.inbound.remember(channel, ids, after(0)))
    assert.deepEqual(await remember('email', ['a', 'b', 'a']), ['a', 'b'])
    assert.deepEqual(await remember('email', ['b', 'c']), ['c'])
    assert.deepEqual(await remember('telegram', ['a']), ['a'])
    assert.deepEqual(await remember('email', []), [])
  },

  'of many who remember one fact at once, one is first': async ({ store }) => {
    const fresh = await Promise.all(
      Array.from({ length: 10 }, () =>
        store.transaction((parts) => parts.inbound.remember('email', ['same'], after(0))),
      ),
    )
    assert.deepEqual(fresh.flat(), ['same'])
  },

  'a fact whose transaction failed is not remembered': async ({ store }) => {
    const failing = store.transaction(async (parts) => {
      await parts.inbound.remember('email', ['a'], after(0))
      throw new Error('planned by the test')
    })
    await assert.rejects(failing)
    assert.deepEqual(await store.transaction((parts) => parts.inbound.remember('email', ['a'], after(0))), [
      'a',
    ])
  },

  'a fact that fits nothing comes back as it came': async ({ store }) => {
    const at = after(-500)
    const reference = { by: 'address', address: '+4930123456' } as const
    const facts: readonly InboundFact[] = [
      { kind: 'answer', id: 'a', at, reference, input: { kind: 'text', text: '“Ja” ✅ \\ %' }, from: '+49' },
      { kind: 'answer', id: 'b', at, reference, input: { kind: 'option', value: 'yes' }, onlyIfClear: true },
      {
        kind: 'failed',
        id: 'c',
        at,
        reference: { by: 'provider-message', providerMessageId: '42:1' },
        outcome: { status: 'permanent_recipient', scope: 'recipient', providerCode: '550' },
      },
      { kind: 'proposed', id: 'd', at, reference: { by: 'token', token: 'T' }, text: 'Saturday?' },
    ]
    const kept = facts.map((fact, index) =>
      sampleUnmatched(index, { fact, providerMessageId: fact.kind === 'failed' ? '42:1' : null }),
    )
    assert.deepEqual(await keep(store, kept), kept)
    assert.deepEqual(await all(store), kept)
  },

  'a fact that fits nothing is kept once, however often and under whatever id it comes': async ({
    store,
  }) => {
    const [first, second] = [sampleUnmatched(1), sampleUnmatched(2)]
    assert.deepEqual(await keep(store, [first]), [first])
    const again = { ...first, id: 'unmatched-again', receivedAt: after(9_000) }
    assert.deepEqual(await keep(store, [again, second, { ...second, id: 'unmatched-twice' }]), [second])
    const elsewhere = { ...first, id: 'unmatched-elsewhere', channel: 'sms' }
    assert.deepEqual(await keep(store, [elsewhere]), [elsewhere])
    assert.deepEqual(await all(store), [first, second, elsewhere])
    assert.deepEqual(await keep(store, []), [])
  },

  'what answers an event at once is not kept': async ({ store }) => {
    const fact = { ...sampleUnmatched(1).fact, replyTo: 'callback-secret' }
    await keep(store, [sampleUnmatched(1, { fact })])
    assert.deepEqual(await all(store), [sampleUnmatched(1)])
  },

  'kept facts are found by the provider’s message they speak of, oldest first': async ({ store }) => {
    const about = (number: number, channel: string, providerMessageId: string | null): UnmatchedFact =>
      sampleUnmatched(number, { channel, providerMessageId })
    const facts = [
      about(3, 'telegram', '42:1'),
      about(1, 'telegram', '42:1'),
      about(2, 'telegram', '42:2'),
      about(4, 'sms', '42:1'),
      about(5, 'telegram', null),
    ]
    await keep(store, facts)
    assert.deepEqual(await store.inbound.unmatchedOf('telegram', '42:1'), [facts[1], facts[0]])
    assert.deepEqual(await store.inbound.unmatchedOf('telegram', '42:9'), [])
    assert.deepEqual(await store.inbound.unmatchedOf('telegram', ''), [])
  },

  'kept facts are listed page by page, and dropped one by one': async ({ store }) => {
    const facts = [1, 2, 3, 4, 5].map((number) => sampleUnmatched(number))
    await keep(store, facts)
    const first = await store.inbound.listUnmatched({ limit: 2 })
    assert.deepEqual(first, facts.slice(0, 2))
    const drop = (ids: readonly string[]): Promise<void> =>
      store.transaction((parts) => parts.inbound.dropUnmatched(ids))
    await drop([...first.map(({ id }) => id), 'unmatched-unknown'])
    const rest = await store.inbound.listUnmatched({ limit: 10, after: first.at(-1)?.id ?? '' })
    assert.deepEqual(rest, facts.slice(2))
    await drop([])
    assert.deepEqual(await all(store), rest)
  },

  'a fact that was dropped is kept again when it comes again': async ({ store }) => {
    await keep(store, [sampleUnmatched(1)])
    await store.transaction((parts) => parts.inbound.dropUnmatched([sampleUnmatched(1).id]))
    assert.equal((await keep(store, [sampleUnmatched(1)])).length, 1)
  },

  'what is to be clarified is kept for one address of one channel': async ({ store }) => {
    const { inbound } = store
    const asked = sampleClarification([3, 1, 2], { input: { kind: 'fields', fields: { party: ['2'] } } })
    await store.transaction((parts) => parts.inbound.putClarification(asked))
    const { channel, address } = asked
    assert.deepEqual(await inbound.clarification({ channel, address }), asked)
    assert.equal(await inbound.clarification({ channel: 'telegram', address }), undefined)
    assert.equal(await inbound.clarification({ channel, address: '+4930' }), undefined)
    await store.transaction((parts) => parts.inbound.dropClarification({ channel: 'telegram', address }))
    assert.deepEqual(await inbound.clarification({ channel, address }), asked)
    await store.transaction((parts) => parts.inbound.dropClarification({ channel, address }))
    assert.equal(await inbound.clarification({ channel, address }), undefined)
    await store.transaction((parts) => parts.inbound.dropClarification({ channel, address }))
  },

  'a newer answer takes the place of one that waits to be clarified': async ({ store }) => {
    const newer = sampleClarification([4, 5], { input: { kind: 'text', text: 'No' }, at: after(1_000) })
    await store.transaction((parts) => parts.inbound.putClarification(sampleClarification([1, 2])))
    await store.transaction((parts) => parts.inbound.putClarification(newer))
    assert.deepEqual(await store.inbound.clarification(newer), newer)
  },

  'what came in by a transaction that failed is forgotten': async ({ store }) => {
    await keep(store, [sampleUnmatched(1)])
    const failing = store.transaction(async (parts) => {
      await parts.inbound.keepUnmatched([sampleUnmatched(2)])
      await parts.inbound.dropUnmatched([sampleUnmatched(1).id])
      await parts.inbound.putClarification(sampleClarification([1, 2]))
      throw new Error('planned by the test')
    })
    await assert.rejects(failing, /planned by the test/)
    assert.deepEqual(await all(store), [sampleUnmatched(1)])
    assert.equal(await store.inbound.clarification(sampleClarification([])), undefined)
  },
} satisfies Questions<StoreBench>
