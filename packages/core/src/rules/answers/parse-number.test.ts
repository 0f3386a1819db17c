import { expect, it } from 'vitest'
import { number, type AnswerSpec } from '../../model/answer.ts'
import { parseAnswer } from './parse-answer.ts'

const says = (spec: AnswerSpec, text: string) => parseAnswer(spec, { kind: 'text', text }, 'en')

const { spec } = number()

it.each([
  ['3', 3],
  ['-2', -2],
  ['−2', -2],
  ['+7', 7],
  ['2.5', 2.5],
  ['2,5', 2.5],
  ['.5', 0.5],
  [',5', 0.5],
  ['0,500', 0.5],
  ['1234,567', 1234.567],
  ['1 000', 1000],
  ['1\u00a0000,5', 1000.5],
  ['12\u202f345', 12345],
  ['1,234.5', 1234.5],
  ['1.234,5', 1234.5],
  ['1,234,567', 1234567],
  ['1.234.567', 1234567],
  ['007', 7],
  ['5.', 5],
  ['42!', 42],
  ['3, thanks', 3],
  ['3\n\nThanks,\nAnn', 3],
  ['-0', 0],
  ['１２', 12],
  ['999999999999999', 999999999999999],
])('takes %j as %d', (answer, value) => {
  expect(says(spec, answer)).toEqual({ status: 'understood', value, stance: 'answered' })
})

it.each([
  'NaN',
  'Infinity',
  '-Infinity',
  '∞',
  '0x10',
  '1e5',
  '1E400',
  '0b1',
  '1_000',
  '12abc',
  '1.2.3',
  '1,23,4',
  '--1',
  '1-2',
  '1/2',
  '5²',
  '²',
  'many',
  '1234567890123456',
  '0.1234567890123456',
  '9'.repeat(400),
])('refuses %j', (answer) => {
  expect(says(spec, answer).status).toBe('refused')
})

it.each(['', 'about 5', '2 or 3', 'five or so', '5 apples', '5\n\nor maybe 6'])(
  'does not guess what %j means',
  (answer) => {
    expect(says(spec, answer).status).toBe('unclear')
  },
)

it('asks again when a comma may be a thousand', () => {
  expect(says(spec, '1,000')).toEqual({
    status: 'refused',
    hint: 'This number can be read in two ways. Please write 1000 or 1.0.',
  })
  expect(says(spec, '1.250')).toEqual({
    status: 'refused',
    hint: 'This number can be read in two ways. Please write 1250 or 1.25.',
  })
})

it('holds its range and whole numbers', () => {
  const { spec: seats } = number({ min: 1, max: 8, integer: true })
  expect(says(seats, '8')).toHaveProperty('value', 8)
  expect(says(seats, '0')).toHaveProperty('hint', 'The number must be 1 or more.')
  expect(says(seats, '9')).toHaveProperty('hint', 'The number must be 8 or less.')
  expect(says(seats, '2.5')).toHaveProperty('hint', 'Please send a whole number.')
  for (const value of ['3', Number.NaN, Number.POSITIVE_INFINITY, 3n, null])
    expect(parseAnswer(seats, { kind: 'value', value }, 'en').status).toBe('refused')
})
