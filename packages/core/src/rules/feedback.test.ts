import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AnswerSpec } from '../model/answer.ts'
import type { ResponseReceipt } from '../model/response.ts'
import { connectedText, editNotice, feedbackFor, readCandidateNumber, whichQuestion } from './feedback.ts'

const locales = ['en', 'ru', 'de', 'es', 'fr', 'pt'] as const
const yesNo: AnswerSpec = { type: 'yesNo' }
const freeText: AnswerSpec = { type: 'text', maxLength: 2_000 }
const counted = (value: unknown, until: Date | null = null): ResponseReceipt => ({
  status: 'counted',
  invitationId: 'i1',
  value,
  revision: 1,
  changeableUntil: until,
})

it('thanks, says what was noted, and until when it can be changed', () => {
  const until = new Date('2026-11-26T18:00:00Z')
  expect(feedbackFor(counted(true), { spec: yesNo, locale: 'en' })).toBe('Thank you, noted: Yes.')
  expect(feedbackFor(counted(true, until), { spec: yesNo, locale: 'en-GB' })).toBe(
    'Thank you, noted: Yes. You can change it until 26 Nov 2026, 18:00 UTC.',
  )
  expect(feedbackFor(counted(false, until), { spec: yesNo, locale: 'ru' })).toBe(
    'Спасибо, записали: Нет. Ответ можно изменить до: 26 нояб. 2026 г., 18:00 UTC.',
  )
  const rsvp: AnswerSpec = { type: 'rsvp', maxParty: 5 }
  expect(feedbackFor(counted({ coming: 'yes', party: 2 }), { spec: rsvp, locale: 'de' })).toBe(
    'Danke, notiert: Ja, 2 Personen.',
  )
})

it('says the same answer again is known already', () => {
  const repeated: ResponseReceipt = { ...counted(true), status: 'repeated' } as ResponseReceipt
  expect(feedbackFor(repeated, { spec: yesNo, locale: 'en' })).toBe('Thank you, this is noted already: Yes.')
})

it('does not say long answers or forms back', () => {
  const long = feedbackFor(counted(`${'word '.repeat(50)}\nmore`), { spec: freeText, locale: 'en' })
  expect(long).toMatch(/^Thank you, noted: (word )+wo\.\.\.$/)
  expect(long.length).toBeLessThan(85)
  const form: AnswerSpec = { type: 'form', schema: { type: 'object', properties: {} } }
  expect(feedbackFor(counted({ diet: 'secret' }), { spec: form, locale: 'en' })).toBe('Thank you, noted.')
  expect(editNotice({ kind: 'answered', value: {}, isDeclined: false }, { spec: form, locale: 'en' })).toBe(
    'Answered.',
  )
})

it('passes the hint on, and says why a late answer changes nothing', () => {
  const unclear: ResponseReceipt = { status: 'unclear', invitationId: 'i1', hint: 'Please answer "yes".' }
  expect(feedbackFor(unclear, { spec: yesNo, locale: 'en' })).toBe('Please answer "yes".')
  const late = (reason: 'expired' | 'cancelled' | 'superseded' | 'closed'): ResponseReceipt => ({
    status: 'late',
    invitationId: 'i1',
    reason,
  })
  for (const locale of locales) {
    const told = (['expired', 'cancelled', 'superseded', 'closed'] as const).map((reason) =>
      feedbackFor(late(reason), { spec: yesNo, locale }),
    )
    expect(new Set(told).size).toBe(4)
  }
  expect(feedbackFor(late('closed'), { spec: yesNo, locale: 'en' })).toBe('This question is already closed.')
})

it('says on the message itself what became of it', () => {
  const context = { spec: yesNo, locale: 'en' } as const
  expect(editNotice({ kind: 'answered', value: true, isDeclined: false }, context)).toBe('Answered: Yes')
  expect(editNotice({ kind: 'answered', value: false, isDeclined: true }, context)).toBe('Answered: No')
  expect(editNotice({ kind: 'answered', isDeclined: true }, { spec: null, locale: 'en' })).toBe('Declined.')
  expect(editNotice({ kind: 'expired' }, context)).toBe('This question is closed.')
  expect(editNotice({ kind: 'cancelled' }, context)).toBe('Called off.')
  expect(editNotice({ kind: 'updated' }, context)).toBe('Changed: see the new time and place.')
  expect(
    editNotice({ kind: 'answered', value: true, isDeclined: false }, { spec: yesNo, locale: 'ru' }),
  ).toBe('Ответ: Да')
})

it('every notice is one line, in every language', () => {
  for (const locale of [...locales, 'xx', '']) {
    for (const kind of ['answered', 'expired', 'cancelled', 'updated'] as const)
      expect(editNotice({ kind, value: 'a\nb' }, { spec: freeText, locale })).toMatch(/^.{5,100}$/)
    expect(connectedText('Ann', locale)).toContain('Ann')
    expect(connectedText(undefined, locale)).not.toContain('undefined')
  }
})

it('asks which of several questions was meant, each on one short line', () => {
  const long = `Would you like to come to the ${'very '.repeat(20)}long party?\nWe have cake.`
  const text = whichQuestion(['Dinner on Friday?', long, '👨‍👩‍👧‍👦'.repeat(30)], 'en')
  const [asked, first, second, third] = text.split('\n')
  expect(asked).toBe('Which question do you mean? Reply with its number:')
  expect(first).toBe('1. Dinner on Friday?')
  expect(second).toMatch(/^2\. Would you like to come to the very .*\.\.\.$/)
  expect((second ?? '').length).toBeLessThanOrEqual(63)
  expect(third).toMatch(/^3\. (👨‍👩‍👧‍👦)+\.\.\.$/u)
  for (const locale of locales) expect(whichQuestion(['A', 'B'], locale)).toMatch(/:\n1\. A\n2\. B$/)
})

it.each([
  ['2', ''],
  ['2.', ''],
  ['2)', ''],
  ['#2', ''],
  ['№ 2', ''],
  ['２', ''],
  ['2️⃣', ''],
  [' 2 please! ', ''],
  ['2, thanks', ''],
  ['Hello, 2', ''],
  ['question 2', ''],
  ['вопрос 2', ''],
  ['the second', ''],
  ['The second one, please', ''],
  ['вторая', ''],
  ['второй вопрос', ''],
  ['die zweite', ''],
  ['el segundo', ''],
  ['2 yes', 'yes'],
  ['2: no', 'no'],
  ['2. Yes, gladly', 'Yes, gladly'],
  ['2 - да', 'да'],
  ['#2 Table by the Window', 'Table by the Window'],
  ['2\nYes', 'Yes'],
  ['2 1', '1'],
  ['2: 3', '3'],
])('%j names the second question', (text, rest) => {
  expect(readCandidateNumber(text, 3)).toEqual({ index: 1, rest })
})

it.each([
  '',
  '0',
  '4',
  '22',
  '2.5',
  '2:30',
  '2nd try',
  '2pm',
  '²',
  'yes',
  'yes 2',
  'no',
  '1, 2',
  '1,2',
  '1 and 2',
  '1 or 2',
  '1 или 2',
  '1/2',
  '1-2',
  '1 & 2',
  'the fifth',
  'second thoughts',
  '-2',
])('%j names none', (text) => {
  expect(readCandidateNumber(text, 3)).toBeUndefined()
})

it('never names a question that was not listed', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[#(]?\d{1,2}[ .):,]{0,2}[a-z0-9]{0,3}$/),
  )
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 9 }), (text, count) => {
      const read = readCandidateNumber(text, count)
      expect(read === undefined || (read.index >= 0 && read.index < count)).toBe(true)
    }),
    { numRuns: 2_000, seed: 20261122 },
  )
  for (let number = 1; number <= 9; number += 1)
    expect(readCandidateNumber(String(number), 9)).toEqual({ index: number - 1, rest: '' })
})
