import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import {
  choice,
  date,
  form,
  number,
  rsvp,
  text,
  yesNo,
  type AnswerInput,
  type AnswerSpec,
} from '../../model/answer.ts'
import { answerActions } from './answer-actions.ts'
import { parseAnswer } from './parse-answer.ts'

const words = (text: string): AnswerInput => ({ kind: 'text', text })
const says = (spec: AnswerSpec, text: string) => parseAnswer(spec, words(text), 'en')

const specs: readonly AnswerSpec[] = [
  yesNo().spec,
  choice(['Fish', 'Soup, green', 'Tea and cake']).spec,
  choice(['1', '2', 'Tea and cake', 'Fish, hot'], { multiple: true }).spec,
  text({ maxLength: 50 }).spec,
  number({ min: -5, max: 1000 }).spec,
  number({ integer: true }).spec,
  date({ earliest: '2020-01-01' }).spec,
  rsvp({ maxParty: 3 }).spec,
  form(
    z.object({
      name: z.string(),
      seats: z.int().optional(),
      ok: z.boolean(),
      day: z.iso.date().optional(),
    }),
  ).spec,
]
const vocabulary = [
  'yes',
  'no',
  'maybe',
  'да',
  'нет',
  'thanks',
  '3',
  'of us',
  ',',
  '\n',
  ' and ',
  '2',
  'Fish',
  'Tea and cake',
  '2026-11-27',
  '1,000',
  '2.5',
  '?',
  '👍',
  '\u200b',
  'Ann',
  'Regards,',
  '-- ',
  '__proto__',
]
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.constantFrom(...vocabulary), { maxLength: 8 }).map((parts) => parts.join(' ')),
)
const anyFields = fc.dictionary(
  fc.oneof(fc.constantFrom('answer', 'party', 'name', 'seats', 'ok', 'day'), fc.string()),
  fc.array(anyText, { maxLength: 3 }),
)
const anyExactInput: fc.Arbitrary<AnswerInput> = fc.oneof(
  anyText.map((value): AnswerInput => ({ kind: 'option', value })),
  anyFields.map((posted): AnswerInput => ({ kind: 'fields', fields: posted })),
  fc.anything().map((value): AnswerInput => ({ kind: 'value', value })),
)
const anyInput = fc.oneof(anyText.map(words), anyExactInput)
const anyLocale = fc.oneof(fc.constantFrom('en', 'ru', 'de-AT', ''), fc.string())

it('never throws, and an understood value is valid for the question', () => {
  fc.assert(
    fc.property(fc.constantFrom(...specs), anyInput, anyLocale, (spec, input, locale) => {
      const parsed = parseAnswer(spec, input, locale)
      const again =
        parsed.status === 'understood'
          ? parseAnswer(spec, { kind: 'value', value: parsed.value }, locale)
          : parsed
      expect(parsed).toEqual(again)
      expect(parsed.status === 'understood' ? 'needs no hint' : parsed.hint).toMatch(/.{10}/)
    }),
    { numRuns: 4_000, seed: 20261122 },
  )
})

it('understands every button it offers, in every language, as words too', () => {
  for (const spec of specs) {
    for (const locale of ['en', 'ru', 'de', 'es', 'fr', 'pt', 'xx']) {
      for (const action of answerActions(spec, locale)) {
        const tapped = parseAnswer(spec, { kind: 'option', value: action.value }, locale)
        expect(tapped.status).toBe('understood')
        expect(parseAnswer(spec, words(action.label), locale)).toEqual(tapped)
      }
    }
  }
})

it('never calls exact input unclear', () => {
  fc.assert(
    fc.property(fc.constantFrom(...specs), anyExactInput, (spec, input) => {
      expect(parseAnswer(spec, input, 'en').status).not.toBe('unclear')
    }),
    { numRuns: 1_000, seed: 20261122 },
  )
})

it('reads a hostile megabyte without getting slow', () => {
  const nasty = [
    '.'.repeat(1_000_000),
    ' ,'.repeat(500_000),
    'yes '.repeat(250_000),
    '\n'.repeat(1_000_000),
    '1'.repeat(1_000_000),
    'a,'.repeat(9_000),
    '(1'.repeat(9_000),
  ]
  const started = performance.now()
  for (const spec of specs) for (const answer of nasty) says(spec, `${answer}x`)
  // Linear work takes well under a second; a quadratic pattern would take minutes.
  expect(performance.now() - started).toBeLessThan(8_000)
})
