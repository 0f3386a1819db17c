import { expect, it } from 'vitest'
import { date, type AnswerSpec } from '../../model/answer.ts'
import { parseAnswer } from './parse-answer.ts'

const says = (spec: AnswerSpec, text: string) => parseAnswer(spec, { kind: 'text', text }, 'en')

const { spec } = date({ earliest: '2026-01-01', latest: '2027-12-31' })

it.each([
  ['2026-11-27', '2026-11-27'],
  ['2026-1-5', '2026-01-05'],
  ['2026/11/27', '2026-11-27'],
  ['2026.11.27', '2026-11-27'],
  ['27.11.2026', '2026-11-27'],
  ['5.6.2026', '2026-06-05'],
  ['27/11/2026', '2026-11-27'],
  ['11/27/2026', '2026-11-27'],
  ['5/5/2026', '2026-05-05'],
  ['27-11-2026', '2026-11-27'],
  ['27.11.2026.', '2026-11-27'],
  ['27.11.2026, спасибо', '2026-11-27'],
  ['2026-11-27\n\nThanks', '2026-11-27'],
])('takes %j as %s', (answer, value) => {
  expect(says(spec, answer)).toEqual({ status: 'understood', value, stance: 'answered' })
})

it('asks again when day and month may be the other way round', () => {
  expect(says(spec, '05/06/2026')).toEqual({
    status: 'refused',
    hint: 'This date can be read in two ways. Please write 2026-06-05 or 2026-05-06.',
  })
  expect(says(spec, '5-6-2026').status).toBe('refused')
})

it.each([
  '2026-02-29',
  '2026-02-30',
  '31.04.2026',
  '2026-13-01',
  '2026-00-10',
  '32/13/2026',
  '2026-11-27T10:00',
  '27.11.26',
  '20261127',
  '2025-12-31',
  '2028-01-01',
  '0026-01-01',
])('refuses %j', (answer) => {
  expect(says(spec, answer).status).toBe('refused')
})

it.each(['', 'tomorrow', 'Friday', '5 or 6 June', 'any day', '2026-11-27 or later'])(
  'does not guess what %j means',
  (answer) => {
    expect(says(spec, answer).status).toBe('unclear')
  },
)

it('knows leap years', () => {
  const { spec: any } = date()
  expect(says(any, '29.02.2028')).toHaveProperty('value', '2028-02-29')
  expect(says(any, '2000-02-29')).toHaveProperty('value', '2000-02-29')
  expect(says(any, '2100-02-29').status).toBe('refused')
  expect(parseAnswer(any, { kind: 'value', value: '27.11.2026' }, 'en').status).toBe('refused')
})
