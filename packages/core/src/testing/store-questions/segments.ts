import assert from 'node:assert/strict'
import { categoriesOf } from '../../model/category.ts'
import type { AttributeCondition, Segment, SegmentFilter } from '../../model/segment.ts'
import type { RecipientInput } from '../../model/recipient.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, newIds, sampleAccepted, sampleId, samplePerson, sampleSuppression } from '../store-samples.ts'

const categories = categoriesOf(
  { tips: { default: 'off' } },
  { requiredCategories: ['codes'], immediateCategories: [] },
)

const put = (store: Store, people: readonly RecipientInput[]): Promise<readonly string[]> =>
  store.transaction((parts) => parts.recipients.upsert(people.map(samplePerson), newIds('person'), after(0)))
const find = async (store: Store, filter: SegmentFilter): Promise<readonly string[]> => {
  const found = await store.recipients.page({ filter, categories }, { limit: 100 })
  assert.equal(await store.recipients.count({ filter, categories }), found.length)
  return found.map(({ externalId }) => externalId)
}

const segment = (number: number, changes: Partial<Segment> = {}): Segment => ({
  id: sampleId('segment', number),
  name: `segment-${String(number)}`,
  filter: { attribute: 'city', is: 'Berlin' },
  createdAt: after(number),
  updatedAt: after(number),
  ...changes,
})

/** Each alone in what they are. */
const different: readonly RecipientInput[] = [
  { externalId: 'text', attributes: { value: '10' } },
  { externalId: 'number', attributes: { value: 10 } },
  { externalId: 'true', attributes: { value: true } },
  { externalId: 'false', attributes: { value: false } },
  { externalId: 'null', attributes: { value: null } },
  { externalId: 'missing', attributes: { other: 10 } },
]

/** Whether segments are kept, and find whom they are of. */
export const segmentQuestions = {
  'a segment comes back as it was saved': async ({ store }) => {
    const strange = segment(1, { filter: { all: [{ attribute: "o'hara 🦊", in: ['"', 1.5, null] }] } })
    assert.deepEqual(await store.segments.save(strange), strange)
    assert.deepEqual(await store.segments.byName('segment-1'), strange)
    assert.equal(await store.segments.byName('nobody'), undefined)
  },

  'a segment saved again has another filter, and is the same segment': async ({ store }) => {
    await store.segments.save(segment(1))
    const again = segment(2, { name: 'segment-1', filter: { has: 'email' } })
    const expected = { ...again, id: sampleId('segment', 1), createdAt: after(1) }
    assert.deepEqual(await store.segments.save(again), expected)
    assert.deepEqual(await store.segments.list({ limit: 10 }), [expected])
  },

  'segments are listed in the order they came, a page at a time, and removed by name': async ({ store }) => {
    for (const number of [3, 1, 2]) await store.segments.save(segment(number))
    const names = async (page: { readonly after?: string; readonly limit: number }) =>
      (await store.segments.list(page)).map(({ name }) => name)
    assert.deepEqual(await names({ limit: 2 }), ['segment-1', 'segment-2'])
    assert.deepEqual(await names({ limit: 2, after: sampleId('segment', 2) }), ['segment-3'])
    assert.equal(await store.segments.remove('segment-2'), true)
    assert.equal(await store.segments.remove('segment-2'), false)
    assert.deepEqual(await names({ limit: 9 }), ['segment-1', 'segment-3'])
  },

  'values of another type, and missing ones, pass no test but isNot and exists: false': async ({ store }) => {
    await put(store, different)
    const who = (test: Omit<AttributeCondition, 'attribute'>): Promise<readonly string[]> =>
      find(store, { attribute: 'value', ...test })
    assert.deepEqual(await who({ is: 10 }), ['number'])
    assert.deepEqual(await who({ is: '10' }), ['text'])
    assert.deepEqual(await who({ is: true }), ['true'])
    assert.deepEqual(await who({ is: null }), ['null'])
    assert.deepEqual(await who({ isNot: 10 }), ['text', 'true', 'false', 'null', 'missing'])
    assert.deepEqual(await who({ in: ['10', false, null] }), ['text', 'false', 'null'])
    assert.deepEqual(await who({ lessThan: 11 }), ['number'])
    assert.deepEqual(await who({ lessThan: '11' }), ['text'])
    assert.deepEqual(await who({ atLeast: 10 }), ['number'])
    assert.deepEqual(await who({ atLeast: '' }), ['text'])
    assert.deepEqual(await who({ startsWith: '1' }), ['text'])
    assert.deepEqual(await who({ exists: true }), ['text', 'number', 'true', 'false', 'null'])
    assert.deepEqual(await who({ exists: false }), ['missing'])
  },

  'text is in order of its code points, and dates in order of time': async ({ store }) => {
    const days = ['2026-01-05', '2026-02-01', 'ﬀ', '🦊']
    await put(
      store,
      days.map((day) => ({ externalId: day, attributes: { day } })),
    )
    assert.deepEqual(await find(store, { attribute: 'day', atLeast: '2026-02-01' }), days.slice(1))
    assert.deepEqual(await find(store, { attribute: 'day', lessThan: '🦊' }), days.slice(0, 3))
  },

  'a filter looks at language, zone and externalId': async ({ store }) => {
    await put(store, [
      { externalId: 'a_1', locale: 'pt', zone: 'Europe/Lisbon' },
      { externalId: 'a_2', locale: 'pt-BR' },
      { externalId: 'ab3', locale: 'ptx' },
    ])
    assert.deepEqual(await find(store, { locale: 'PT' }), ['a_1', 'a_2'])
    assert.deepEqual(await find(store, { locale: 'pt-br' }), ['a_2'])
    assert.deepEqual(await find(store, { zone: 'europe/lisbon' }), ['a_1'])
    assert.deepEqual(await find(store, { zone: null }), ['a_2', 'ab3'])
    assert.deepEqual(await find(store, { externalId: { startsWith: 'a_' } }), ['a_1', 'a_2'])
  },

  'a filter looks at open routes, what is switched off, and addresses that said stop': async ({ store }) => {
    await put(store, [
      {
        externalId: 'reads',
        routes: { email: 'reads@x.test', telegram: '1' },
        preferences: { on: [{ category: 'tips' }] },
      },
      {
        externalId: 'no-news',
        routes: { email: 'no@x.test', telegram: '2' },
        preferences: { off: [{ category: 'news', channel: 'email' }] },
      },
      {
        externalId: 'nothing',
        routes: { email: 'nothing@x.test' },
        preferences: { off: [{ channel: 'email' }] },
      },
      { externalId: 'shut', routes: [{ channel: 'email', address: 'shut@x.test', state: 'bounced' }] },
      { externalId: 'stop', routes: { email: 'stop@x.test' } },
      { externalId: 'nowhere' },
    ])
    await store.transaction((parts) =>
      parts.recipients.suppress([
        sampleSuppression(1, { channel: 'email', address: 'stop@x.test', category: null }),
        sampleSuppression(2, { channel: 'email', address: 'no@x.test', category: 'ads' }),
        sampleSuppression(3, { channel: 'email', address: 'no@x.test', category: 'codes' }),
      ]),
    )
    assert.deepEqual(await find(store, { has: 'email' }), ['reads', 'no-news', 'nothing'])
    assert.deepEqual(await find(store, { category: 'news', isOn: true, channel: 'email' }), ['reads'])
    assert.deepEqual(await find(store, { category: 'news', isOn: true }), ['reads', 'no-news'])
    assert.deepEqual(await find(store, { category: 'tips', isOn: true }), ['reads'])
    assert.deepEqual(await find(store, { category: 'ads', isOn: true, channel: 'email' }), ['reads'])
    // Nobody can switch off what is required.
    assert.deepEqual(await find(store, { category: 'codes', isOn: true, channel: 'email' }), [
      'reads',
      'no-news',
      'nothing',
    ])
    assert.deepEqual(await find(store, { category: 'news', isOn: false }), [
      'nothing',
      'shut',
      'stop',
      'nowhere',
    ])
  },

  'a filter looks at answers': async ({ store }) => {
    const people = ['yes', 'red', 'both', 'silent', 'not-asked']
    const ids = await put(
      store,
      people.map((externalId) => ({ externalId })),
    )
    const answers = [
      { state: 'accepted', value: true },
      { state: 'answered', value: 'red' },
      { state: 'answered', value: ['red', 'blue'] },
      { state: 'pending', value: null },
    ] as const
    await store.transaction(async (parts) => {
      const invitations = answers.map((_, index) => ({
        ...(sampleAccepted(index).invitations[0] as (typeof asked)['invitations'][number]),
        messageId: sampleId('message', 1),
        recipientId: ids[index] ?? null,
      }))
      await parts.messages.insert([{ ...asked, invitations, deliveries: [] }])
      for (const [index, answer] of answers.entries())
        await parts.invitations.update({
          id: sampleId('invitation', index),
          ...answer,
          revision: answer.state === 'pending' ? 0 : 1,
          via: 'api',
          answeredAt: after(1),
          closedAt: null,
        })
    })
    const message = sampleId('message', 1)
    assert.deepEqual(await find(store, { answered: { message } }), ['yes', 'red', 'both'])
    assert.deepEqual(await find(store, { answered: { message, value: true } }), ['yes'])
    assert.deepEqual(await find(store, { answered: { message, value: 'red' } }), ['red', 'both'])
    assert.deepEqual(await find(store, { answered: { message, state: 'pending' } }), ['silent'])
    assert.deepEqual(await find(store, { not: { answered: { message } } }), ['silent', 'not-asked'])
    assert.deepEqual(await find(store, { answered: { message: sampleId('message', 2) } }), [])
  },

  'characters that are none in somebody’s attributes do not keep others from being found': async ({
    store,
  }) => {
    await put(store, [
      { externalId: 'ann', attributes: { city: 'Berlin', note: 'a\u0000b\ud800 \\u0000 \udfff' } },
      { externalId: 'bob', attributes: { city: 'Berlin', note: String.raw`\u0000\\ud800` } },
    ])
    assert.deepEqual(await find(store, { attribute: 'city', is: 'Berlin' }), ['ann', 'bob'])
    assert.deepEqual(await find(store, { attribute: 'note', is: String.raw`\u0000\\ud800` }), ['bob'])
    assert.deepEqual(await find(store, { attribute: 'note', startsWith: 'a' }), ['ann'])
  },

  'the largest filter there may be is answered': async ({ store }) => {
    await put(store, [
      { externalId: 'ann', attributes: { number: 9_999, text: 'x' } },
      { externalId: 'bob', attributes: { number: 0.5 } },
    ])
    const all = Array.from({ length: 100 }, (_, row) => ({
      attribute: 'number',
      in: Array.from({ length: 100 }, (__, column) => 100 * row + column),
    }))
    assert.deepEqual(await find(store, { any: all }), ['ann'])
    assert.deepEqual(await find(store, { not: { all } }), ['ann', 'bob'])
    const words = all.map(({ in: numbers }) => ({ attribute: 'text', in: numbers.map(String) }))
    assert.deepEqual(await find(store, { any: words }), [])
  },

  'people are found a page at a time, none twice, also those far between': async ({ store }) => {
    const count = 10_500
    const people = Array.from({ length: count }, (_, number) => ({
      externalId: String(number),
      attributes: { isRare: number % 3_000 === 0, isOdd: number % 2 === 1 },
    }))
    await put(store, people)
    const rare: SegmentFilter = { attribute: 'isRare', is: true }
    assert.deepEqual(await find(store, rare), ['0', '3000', '6000', '9000'])
    const first = await store.recipients.page({ filter: rare, categories }, { limit: 3 })
    const next = await store.recipients.page(
      { filter: rare, categories },
      { limit: 3, after: first.at(-1)?.id ?? '' },
    )
    assert.deepEqual(
      [...first, ...next].map(({ externalId }) => externalId),
      ['0', '3000', '6000', '9000'],
    )
    assert.equal(
      await store.recipients.count({ filter: { attribute: 'isOdd', is: true }, categories }),
      count / 2,
    )
  },
} satisfies Questions<StoreBench>

const asked = sampleAccepted(1)
