import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { choice, date, form, number, rsvp, text, yesNo } from '../../model/answer.ts'
import { answerActions } from './answer-actions.ts'
import { describeAnswer } from './describe-answer.ts'

it.each([
  [yesNo().spec, true, 'en', 'Yes'],
  [yesNo().spec, false, 'ru', 'Нет'],
  [yesNo().spec, true, 'pt-BR', 'Sim'],
  [yesNo().spec, true, 'not a locale', 'Yes'],
  [rsvp().spec, { coming: 'yes', party: 1 }, 'en', 'Yes, 1 person'],
  [rsvp().spec, { coming: 'yes', party: 2 }, 'en', 'Yes, 2 people'],
  [rsvp().spec, { coming: 'yes', party: 2 }, 'ru', 'Да, 2 человека'],
  [rsvp().spec, { coming: 'maybe', party: 5 }, 'ru', 'Может быть, 5 человек'],
  [rsvp().spec, { coming: 'no', party: 0 }, 'de', 'Nein'],
  [
    choice([
      { value: 'a', label: 'Apple' },
      { value: 'b', label: 'Pear' },
    ]).spec,
    'b',
    'en',
    'Pear',
  ],
  [choice(['Apple', 'Pear'], { multiple: true }).spec, ['Apple', 'Pear'], 'en', 'Apple, Pear'],
  [number().spec, 2.5, 'de', '2,5'],
  [date().spec, '2027-03-31', 'en', 'March 31, 2027'],
  [date().spec, '2027-03-31', 'ru', '31 марта 2027 г.'],
  [text().spec, 'no nuts', 'en', 'no nuts'],
  [
    form(
      z.object({
        firstName: z.string(),
        seats: z.int(),
        veg: z.boolean().meta({ title: 'Vegetarian' }),
        note: z.string().optional(),
      }),
    ).spec,
    { firstName: 'Ann', seats: 2, veg: true },
    'en',
    'First name: Ann; Seats: 2; Vegetarian: Yes',
  ],
])('says %j %j in %s as %s', (spec, value, locale, said) => {
  expect(describeAnswer(spec, value, locale)).toBe(said)
})

it('says any value without throwing', () => {
  const specs = [
    yesNo().spec,
    rsvp().spec,
    choice(['a', 'b'], { multiple: true }).spec,
    number().spec,
    date().spec,
    text().spec,
    form(z.object({ a: z.string() })).spec,
  ]
  fc.assert(
    fc.property(fc.constantFrom(...specs), fc.anything(), fc.string(), (spec, value, locale) => {
      expect(typeof describeAnswer(spec, value, locale)).toBe('string')
    }),
    { numRuns: 1_000, seed: 20261122 },
  )
})

it('offers buttons in the language of the person', () => {
  expect(answerActions(yesNo().spec, 'de')).toEqual([
    { value: 'yes', label: 'Ja' },
    { value: 'no', label: 'Nein' },
  ])
  expect(answerActions(rsvp().spec, 'fr-CA').map((action) => action.label)).toEqual([
    'Oui',
    'Peut-être',
    'Non',
  ])
  expect(answerActions(choice(['a', 'b'], { multiple: true }).spec, 'en')).toEqual([])
  expect(answerActions(text().spec, 'en')).toEqual([])
})
