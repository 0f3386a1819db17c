import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { emptyWorkspace, explainNoPostgres } from '../../../../tests/peers/postgres-server.ts'
import { categoriesOf } from '../model/category.ts'
import type { InvitationState } from '../model/invitation.ts'
import { recipientInputSchema, type Recipient } from '../model/recipient.ts'
import { readSegmentFilter, type SegmentFilter } from '../model/segment.ts'
import type { Store } from '../ports/store.ts'
import { matchesSegment } from '../rules/match-segment.ts'
import { after, newIds, sampleAccepted, sampleId, sampleSuppression } from '../testing/store-samples.ts'
import { postgres } from './postgres.ts'
import { sqlite } from './sqlite.ts'

const missing = explainNoPostgres()

const names = ['city', 'age', 'a.b', "o'hara", 'ключ', '$', '__proto__', 'x y[0]', 'toString']
const channels = ['email', 'telegram', 'twilio-sms']
const categories = ['news', 'invitation', 'tips', 'codes']
/** One that is on for everybody who said nothing, one that is off, and one nobody can switch off. */
const known = categoriesOf(
  { tips: { default: 'off' } },
  { requiredCategories: ['codes'], immediateCategories: [] },
)
const states = ['pending', 'accepted', 'declined', 'answered', 'expired', 'cancelled'] as const
const messages = [1, 2, 3]

/** Few values, so that they meet, and strange ones, so that they are told apart. */
const word = fc.constantFrom(
  '',
  'Berlin',
  'berlin',
  'Ber',
  'Zürich',
  'ß',
  'ﬀ',
  '🦊',
  '🦊fox',
  '1',
  '10',
  '9',
  'true',
  'null',
  '%',
  '_',
  '2026-01-05',
  '2026-02-01',
  String.raw`\u0000`,
  String.raw`\\`,
  '"',
  "'",
  '{"a":1}',
  'line\nbreak',
  '\u001F',
)
const textValue = fc.oneof(
  { weight: 6, arbitrary: word },
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.includes('\0')),
)
const numberValue = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      0,
      -0,
      1,
      1.5,
      10,
      9,
      -7,
      0.1 + 0.2,
      1e21,
      2 ** 53,
      2 ** 60,
      1e-7,
      1e308,
      5e-324,
    ),
  },
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
)
const value = fc.oneof(textValue, numberValue, fc.boolean(), fc.constant(null))

const person = fc.record(
  {
    name: fc.constant('Ann'),
    locale: fc.constantFrom('de', 'DE-at', 'pt-BR', 'pt', 'en', 'ger'),
    zone: fc.constantFrom('Europe/Berlin', 'europe/berlin', 'UTC'),
    attributes: fc
      .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries)),
    preferences: fc.record({
      off: fc.array(
        fc.oneof(
          fc.record({ channel: fc.constantFrom(...channels) }),
          fc.record({ category: fc.constantFrom(...categories) }),
          fc.record({ channel: fc.constantFrom(...channels), category: fc.constantFrom(...categories) }),
        ),
        { maxLength: 2 },
      ),
      on: fc.array(
        fc.record(
          { category: fc.constantFrom(...categories), channel: fc.constantFrom(...channels) },
          { requiredKeys: ['category'] },
        ),
        { maxLength: 2 },
      ),
    }),
    routes: fc.array(
      fc.record({
        channel: fc.constantFrom(...channels),
        address: fc.constantFrom('one', 'two', 'three'),
        state: fc.constantFrom('open' as const, 'open' as const, 'opted_out' as const, 'bounced' as const),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['attributes'] },
)

const answer = fc.record({
  person: fc.nat(),
  message: fc.constantFrom(...messages),
  state: fc.constantFrom<InvitationState>(...states),
  value: fc.oneof(
    value,
    fc.array(textValue, { maxLength: 3 }),
    fc.record({ coming: word, party: numberValue }),
  ),
})

const attribute = fc.constantFrom(...names)
const filter: fc.Arbitrary<SegmentFilter> = fc.letrec<{ filter: SegmentFilter; condition: SegmentFilter }>(
  (tie) => ({
    condition: fc.oneof(
      fc.record({ attribute, is: value }),
      fc.record({ attribute, isNot: value }),
      fc.record({ attribute, in: fc.array(value, { minLength: 1, maxLength: 4 }) }),
      fc.record({ attribute, lessThan: fc.oneof(textValue, numberValue) }),
      fc.record({ attribute, atLeast: fc.oneof(textValue, numberValue) }),
      fc.record({ attribute, startsWith: textValue }),
      fc.record({ attribute, exists: fc.boolean() }),
      fc.record({ locale: fc.constantFrom('de', 'De-AT', 'pt', 'ge', null) }),
      fc.record({ zone: fc.constantFrom('Europe/Berlin', 'utc', null) }),
      fc.record({ has: fc.constantFrom(...channels) }),
      fc.record(
        {
          category: fc.constantFrom(...categories),
          isOn: fc.boolean(),
          channel: fc.constantFrom(...channels),
        },
        { requiredKeys: ['category', 'isOn'] },
      ),
      fc.record({
        answered: fc.record(
          {
            message: fc.constantFrom(...messages, 99).map((number) => sampleId('message', number)),
            value: fc.oneof(textValue, numberValue, fc.boolean()),
            state: fc.constantFrom<InvitationState>(...states),
          },
          { requiredKeys: ['message'] },
        ),
      }),
      fc.record({ externalId: fc.record({ startsWith: fc.constantFrom('p', 'p1', 'P', '%', 'p1-%_🦊') }) }),
    ) as fc.Arbitrary<SegmentFilter>,
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true, maxDepth: 6 },
      tie('condition'),
      fc.record({ all: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('filter') }),
    ),
  }),
).filter

let remove: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const undo of remove.toReversed()) await undo()
  remove = []
})

async function sqliteStore(): Promise<Store> {
  const store = await sqlite(':memory:').open()
  remove.push(() => store.close())
  return store
}

async function postgresStore(): Promise<Store> {
  const place = await emptyWorkspace()
  remove.push(place.remove)
  const store = await postgres({ url: place.url, schema: place.schema, connections: 2 }).open()
  remove.push(() => store.close())
  return store
}

/** Random people in a store, and what the rule says of them. */
async function population(store: Store, seed: number) {
  const drafts = fc
    .sample(person, { seed, numRuns: 60 })
    .map((sample, index) => recipientInputSchema.parse({ externalId: `p${String(index)}-%_🦊`, ...sample }))
  const ids = await store.transaction((parts) => parts.recipients.upsert(drafts, newIds('person'), after(0)))
  const asked = fc.sample(answer, { seed, numRuns: 80 }).map((sample, index) =>
    sampleAccepted(index, {
      message: { id: sampleId('message', sample.message) },
      invitation: {
        messageId: sampleId('message', sample.message),
        recipientId: ids[sample.person % ids.length] ?? null,
        state: sample.state,
        value: sample.value,
      },
    }),
  )
  const shut = [
    sampleSuppression(1, { channel: 'email', address: 'one', category: null }),
    sampleSuppression(2, { channel: 'email', address: 'two', category: categories[0] ?? null }),
    sampleSuppression(3, { channel: 'email', address: 'two', category: categories[1] ?? null }),
  ]
  await store.transaction(async (parts) => {
    for (const number of messages) {
      const invitations = asked.flatMap(({ message, invitations }) =>
        message.id === sampleId('message', number) ? invitations : [],
      )
      await parts.messages.insert([{ ...sampleAccepted(number), invitations, deliveries: [] }])
    }
    for (const { id, state, value: given } of asked.flatMap((accepted) => accepted.invitations)) {
      const end = { via: 'api', answeredAt: after(1), closedAt: null }
      await parts.invitations.update({
        id,
        state,
        value: given,
        revision: state === 'pending' ? 0 : 1,
        ...end,
      })
    }
    await parts.recipients.suppress(shut)
  })
  const people = await store.recipients.list({ limit: 1_000 })
  const invitations = await store.invitations.list({}, { limit: 1_000 })
  expect(invitations).toHaveLength(asked.length)
  const byRule = (wanted: SegmentFilter): readonly string[] =>
    people
      .filter((recipient: Recipient) =>
        matchesSegment(wanted, {
          recipient,
          isSuppressed: (route, category) =>
            shut.some(
              (one) =>
                one.channel === route.channel && one.address === route.address && one.category === category,
            ),
          categories: known,
          invitations: (messageId) =>
            invitations.filter((sent) => sent.messageId === messageId && sent.recipientId === recipient.id),
        }),
      )
      .map(({ id }) => id)
  return { people, byRule }
}

describe.each([
  ['SQLite', sqliteStore, undefined],
  ['Postgres', postgresStore, missing],
] as const)('a filter on %s', (_name, open, reason) => {
  test.skipIf(reason !== undefined).each([1, 2, 3])(
    `finds whom the rule finds, population %i ${reason ?? ''}`,
    async (seed) => {
      const store = await open()
      const { people, byRule } = await population(store, seed)
      let found = 0
      await fc.assert(
        fc.asyncProperty(filter, async (wanted) => {
          const expected = byRule(readSegmentFilter(wanted))
          const page = await store.recipients.page({ filter: wanted, categories: known }, { limit: 1_000 })
          expect(page.map(({ id }) => id)).toEqual(expected)
          expect(await store.recipients.count({ filter: wanted, categories: known })).toBe(expected.length)
          expect(page).toEqual(people.filter(({ id }) => expected.includes(id)))
          if (expected.length > 0 && expected.length < people.length) found += 1
        }),
        { numRuns: 300, seed },
      )
      // It would say little if most filters found everybody or nobody.
      expect(found).toBeGreaterThan(100)
    },
    60_000,
  )
})
