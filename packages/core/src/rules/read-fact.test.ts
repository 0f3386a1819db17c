import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InboundFact } from '../model/inbound-fact.ts'
import { readFact } from './read-fact.ts'

const base = { id: 'SM1', at: new Date(Date.UTC(2026, 10, 22)) }
const reference = { by: 'provider-message', providerMessageId: 'm1' } as const
const outcome = { status: 'permanent_recipient', scope: 'recipient' } as const

const facts: readonly InboundFact[] = [
  { ...base, kind: 'answer', reference, input: { kind: 'text', text: 'yes' }, from: '+491510000001' },
  { ...base, kind: 'answer', reference, input: { kind: 'option', value: 'yes' }, onlyIfClear: true },
  { ...base, kind: 'withdrawn', reference: { by: 'token', token: 't'.repeat(26) }, replyTo: 'callback-1' },
  { ...base, kind: 'proposed', reference, text: '' },
  { ...base, kind: 'delivered', reference, detail: 'It cost 0.07 EUR.' },
  { ...base, kind: 'read', reference: { by: 'address', address: '4711' } },
  { ...base, kind: 'failed', reference, outcome },
  { ...base, kind: 'complained', reference },
  { ...base, kind: 'opted_out', address: '4711' },
  { ...base, kind: 'opted_in', address: '4711', inReplyTo: reference },
  { ...base, kind: 'connected', token: 't'.repeat(26), address: '4711' },
  { ...base, kind: 'moved', address: '4711', to: '-1004711' },
  { ...base, kind: 'ignored', reason: 'an out-of-office note' },
]
const [answer] = facts
const delivered = { ...base, kind: 'delivered', reference }

describe('a fact an adapter brings in', () => {
  test.each(facts.map((fact) => [fact.kind, fact] as const))(
    'that is whole is taken as it is: %s',
    (_, fact) => {
      expect(readFact(fact)).toEqual(fact)
    },
  )

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'delivered'],
    ['no id', { ...delivered, id: undefined }],
    ['an empty id', { ...delivered, id: '' }],
    ['an id that is a number', { ...delivered, id: 4711 }],
    ['an id as long as a letter', { ...delivered, id: 'x'.repeat(501) }],
    ['no moment', { ...delivered, at: undefined }],
    ['a moment as text', { ...delivered, at: '2026-11-22T00:00:00Z' }],
    ['a moment that is none', { ...delivered, at: new Date(Number.NaN) }],
    ['a kind nobody knows', { ...delivered, kind: 'eaten' }],
    ['a kind every object has', { ...delivered, kind: 'constructor' }],
    ['no reference', { ...base, kind: 'read' }],
    ['an empty reference', { ...delivered, reference: { by: 'address', address: '' } }],
    ['a reference of another kind', { ...delivered, reference: { by: 'token', address: '4711' } }],
    ['an address as long as a book', { ...base, kind: 'opted_out', address: 'x'.repeat(2_001) }],
    ['an answer without words', { ...answer, input: { kind: 'text' } }],
    ['an answer that is no input', { ...answer, input: 'yes' }],
    ['an entry that is no number', { ...answer, calendarSequence: '1' }],
    ['a sender that is no text', { ...answer, from: 4711 }],
    ['a sender that is null', { ...answer, from: null }],
    ['something to answer to that is no text', { ...delivered, replyTo: {} }],
    ['a wish without words', { ...base, kind: 'proposed', reference }],
    ['a failure that is none', { ...base, kind: 'failed', reference, outcome: { status: 'accepted' } }],
    [
      'a failure nobody knows of',
      { ...base, kind: 'failed', reference, outcome: { status: 'unknown', scope: 'provider' } },
    ],
    ['a failure without an outcome', { ...base, kind: 'failed', reference }],
    ['a stop in reply to nothing', { ...base, kind: 'opted_out', address: '4711', inReplyTo: null }],
    ['a connection without a token', { ...base, kind: 'connected', address: '4711' }],
    ['a move to nowhere', { ...base, kind: 'moved', address: '4711', to: '' }],
    ['something ignored for no reason', { ...base, kind: 'ignored' }],
  ])('is none with %s', (_, value) => {
    expect(readFact(value)).toBeUndefined()
  })

  test('may be wrong in what is only told: that is cut, or left out', () => {
    expect(readFact({ ...delivered, detail: { amount: 7 } })).toEqual(delivered)
    expect(readFact({ ...delivered, detail: `a\r\nb${'x'.repeat(1_000)}` })).toMatchObject({
      detail: `a b${'x'.repeat(496)}`,
    })
    const told = readFact({
      ...base,
      kind: 'failed',
      reference,
      outcome: { status: 'opted_out', scope: 'moon', detail: 7n },
    })
    expect(told).toMatchObject({ outcome: { status: 'opted_out', scope: 'recipient' } })
    expect(told).not.toHaveProperty('outcome.detail')
  })

  test('never makes it fail, whatever it is', () => {
    const keys = ['id', 'at', 'kind', 'reference', 'by', 'input', 'outcome', 'text', 'address', 'detail']
    const junk = fc.anything({ withDate: true, withBigInt: true, key: fc.constantFrom(...keys), maxDepth: 3 })
    fc.assert(
      fc.property(junk, (value) => void readFact(value)),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.constantFrom(...facts), fc.constantFrom(...keys), junk, (fact, key, value) => {
        const read = readFact({ ...fact, [key]: value })
        expect(read === undefined || read.id.length <= 500).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
