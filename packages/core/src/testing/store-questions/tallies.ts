import assert from 'node:assert/strict'
import type { AnswerSpec } from '../../model/answer.ts'
import type { InvitationRecord } from '../../model/invitation.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleAccepted, sampleId } from '../store-samples.ts'

const messageId = sampleId('message', 1)
const until = after(86_400_000)

/** How one of those who were asked stands. */
type Standing = Pick<InvitationRecord, 'state' | 'value'>
const said = (value: unknown): Standing => ({ state: 'answered', value })
const yes: Standing = { state: 'accepted', value: true }
const no: Standing = { state: 'declined', value: false }
const open: Standing = { state: 'pending', value: null }

/** One question to as many as there are standings, and one to somebody else. */
async function ask(store: Store, answer: AnswerSpec, standings: readonly Standing[]): Promise<void> {
  const samples = standings.map((_, index) =>
    sampleAccepted(index + 1, { invitation: { messageId }, delivery: { messageId } }),
  )
  const [first] = samples
  assert.ok(first)
  const invitations = samples.flatMap((sample) => sample.invitations)
  const deliveries = samples.flatMap((sample) => sample.deliveries)
  const other = sampleAccepted(900, { message: { answer } })
  await store.transaction((parts) =>
    parts.messages.insert([
      { ...first, message: { ...first.message, answer, until }, invitations, deliveries },
      other,
    ]),
  )
  await store.transaction(async (parts) => {
    for (const [index, standing] of standings.entries()) await stand(parts, index + 1, standing)
    await stand(parts, 900, said('elsewhere'))
  })
}

async function stand(
  { invitations }: Pick<Store, 'invitations'>,
  number: number,
  { state, value }: Standing,
): Promise<void> {
  const at = state === 'pending' ? null : after(5_000)
  const revision = value === null ? 0 : 1
  const id = sampleId('invitation', number)
  await invitations.update({ id, state, revision, value, via: 'portal', answeredAt: at, closedAt: at })
}

const byText = (rows: readonly unknown[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted()

/** Whether answers are counted where they are, and a quorum is reached once. */
export const tallyQuestions = {
  'a tally has every state, of one question only': async ({ store }) => {
    await ask(store, { type: 'yesNo' }, [yes, yes, no, open, { state: 'expired', value: null }])
    const counts = await store.tallies.of(messageId, { type: 'yesNo' })
    assert.deepEqual(counts, {
      states: { accepted: 2, declined: 1, expired: 1, pending: 1 },
      values: [],
      numbers: [],
      texts: [],
      quorum: null,
    })
    const nothing = await store.tallies.of('message-nobody', { type: 'yesNo' })
    assert.deepEqual(nothing.states, {})
  },

  'a tally has values of choices, each option of several, dates and parties': async ({ store }) => {
    const options = ['red', 'b"lue'].map((value) => ({ value, label: value }))
    const one: AnswerSpec = { type: 'choice', options, multiple: false }
    await ask(store, one, [said('red'), said('red'), said('b"lue'), open, said(null)])
    const counted = (await store.tallies.of(messageId, one)).values
    assert.deepEqual(
      byText(counted),
      byText([
        { field: '', value: 'red', count: 2 },
        { field: '', value: 'b"lue', count: 1 },
      ]),
    )
    const several: AnswerSpec = { ...one, multiple: true }
    await store.transaction(async (parts) => {
      await stand(parts, 1, said(['red', 'b"lue']))
      await stand(parts, 2, said(['red']))
      await stand(parts, 3, said([]))
    })
    assert.deepEqual(
      byText((await store.tallies.of(messageId, several)).values),
      byText([
        { field: '', value: 'red', count: 2 },
        { field: '', value: 'b"lue', count: 1 },
      ]),
    )
    await store.transaction(async (parts) => {
      await stand(parts, 1, said('2026-11-27'))
      await stand(parts, 2, said('2026-11-28'))
      await stand(parts, 3, said('2026-11-28'))
    })
    assert.deepEqual(
      (await store.tallies.of(messageId, { type: 'date' })).values.toSorted((a, b) => a.count - b.count),
      [
        { field: '', value: '2026-11-27', count: 1 },
        { field: '', value: '2026-11-28', count: 2 },
      ],
    )
    const party = { coming: 'yes', party: 3 }
    await store.transaction(async (parts) => {
      for (const number of [1, 2, 3]) await stand(parts, number, { state: 'accepted', value: party })
    })
    assert.deepEqual((await store.tallies.of(messageId, { type: 'rsvp', maxParty: 5 })).values, [
      { field: '', value: party, count: 3 },
    ])
  },

  'a tally has count, sum and bounds of numbers, and counts texts': async ({ store }) => {
    const spec: AnswerSpec = { type: 'number', integer: false }
    await ask(store, spec, [said(-1.5), said(10), said(2), open])
    assert.deepEqual((await store.tallies.of(messageId, spec)).numbers, [
      { field: '', count: 3, sum: 10.5, min: -1.5, max: 10 },
    ])
    assert.deepEqual((await store.tallies.of(messageId, { type: 'text', maxLength: 100 })).texts, [
      { field: '', count: 3 },
    ])
  },

  'a tally has numbers of nobody': async ({ store }) => {
    await ask(store, { type: 'number', integer: true }, [open])
    assert.deepEqual((await store.tallies.of(messageId, { type: 'number', integer: true })).numbers, [
      { field: '', count: 0, sum: null, min: null, max: null },
    ])
  },

  'a tally has the fields of a form': async ({ store }) => {
    const spec: AnswerSpec = {
      type: 'form',
      schema: {
        type: 'object',
        properties: {
          age: { type: 'integer' },
          'vegan "really"': { type: 'boolean' },
          days: { type: 'array', items: { type: 'string', enum: ['mon', 'tue'] } },
          remark: { type: 'string' },
          home: { type: 'object', properties: { 'to wn': { type: 'string', enum: ['Ulm', 'Bonn'] } } },
        },
      },
    }
    await ask(store, spec, [
      said({ age: 20, 'vegan "really"': true, days: ['mon', 'tue'], remark: 'Hi', home: { 'to wn': 'Ulm' } }),
      said({ age: 30, 'vegan "really"': false, days: ['mon'], remark: '', home: { 'to wn': 'Ulm' } }),
      said({ age: null, days: 'none' }),
      said('no form'),
      open,
    ])
    const { values, numbers, texts } = await store.tallies.of(messageId, spec)
    assert.deepEqual(numbers, [{ field: 'age', count: 2, sum: 50, min: 20, max: 30 }])
    assert.deepEqual(texts, [{ field: 'remark', count: 1 }])
    assert.deepEqual(
      byText(values),
      byText([
        { field: 'vegan "really"', value: true, count: 1 },
        { field: 'vegan "really"', value: false, count: 1 },
        { field: 'days', value: 'mon', count: 2 },
        { field: 'days', value: 'tue', count: 1 },
        { field: 'home.to wn', value: 'Ulm', count: 2 },
      ]),
    )
  },

  'a quorum is found by its invitations, and by its tally': async ({ store }) => {
    await ask(store, { type: 'yesNo' }, [open, open])
    assert.equal(await store.tallies.quorumFor(sampleId('invitation', 1)), undefined)
    await store.transaction((parts) =>
      parts.tallies.openQuorum(messageId, { count: 2, of: true, onReached: 'close' }),
    )
    const standing = { count: 2, of: true, onReached: 'close', counted: 0, reachedAt: null } as const
    assert.deepEqual(await store.tallies.quorumFor(sampleId('invitation', 1)), { messageId, ...standing })
    assert.equal(await store.tallies.quorumFor(sampleId('invitation', 900)), undefined)
    assert.deepEqual((await store.tallies.of(messageId, { type: 'yesNo' })).quorum, standing)
    await store.transaction((parts) => parts.tallies.addToQuorum(messageId, 1, after(1)))
    await store.transaction((parts) => parts.tallies.addToQuorum(messageId, 1, after(2)))
    assert.deepEqual((await store.tallies.of(messageId, { type: 'yesNo' })).quorum, {
      ...standing,
      counted: 2,
      reachedAt: after(2),
    })
  },

  'a quorum is reached once, whatever is taken back afterwards': async ({ store }) => {
    await ask(store, { type: 'yesNo' }, [open])
    await store.transaction((parts) =>
      parts.tallies.openQuorum(messageId, { count: 2, of: 'accepted', onReached: 'tell' }),
    )
    const heard: boolean[] = []
    for (const by of [1, -1, 1, 1, -1, 1, 1] as const)
      heard.push(await store.transaction((parts) => parts.tallies.addToQuorum(messageId, by, after(1))))
    assert.deepEqual(heard, [false, false, false, true, false, false, false])
  },

  'of many on two connections who reach a quorum at once, one hears of it': async ({
    store,
    open: connect,
  }) => {
    await ask(store, { type: 'yesNo' }, [open])
    await store.transaction((parts) =>
      parts.tallies.openQuorum(messageId, { count: 5, of: 'accepted', onReached: 'tell' }),
    )
    const other = await connect()
    const add = (on: Store): Promise<boolean> =>
      on.transaction(async (parts) => {
        await parts.messages.lock(messageId)
        return parts.tallies.addToQuorum(messageId, 1, after(1))
      })
    const heard = await Promise.all(
      Array.from({ length: 20 }, (_, number) => add(number % 2 === 0 ? store : other)),
    )
    assert.equal(heard.filter(Boolean).length, 1)
    assert.equal((await store.tallies.of(messageId, { type: 'yesNo' })).quorum?.counted, 20)
  },

  'those who are pending are called off together, others stay': async ({ store }) => {
    await ask(store, { type: 'yesNo' }, [yes, open, open, no])
    await store.transaction((parts) => parts.tallies.callOff(messageId, after(7)))
    await store.transaction((parts) => parts.tallies.callOff('message-nobody', after(7)))
    const rows = await store.invitations.byMessage(messageId, { limit: 9 })
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['accepted', 'cancelled', 'cancelled', 'declined'],
    )
    assert.deepEqual(rows[1]?.closedAt, after(7))
    assert.equal(rows[1]?.value, null)
  },
} as const satisfies Questions<StoreBench>
