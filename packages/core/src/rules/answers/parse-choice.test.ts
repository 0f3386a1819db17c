import { expect, it } from 'vitest'
import { choice, type AnswerInput, type AnswerSpec } from '../../model/answer.ts'
import { parseAnswer } from './parse-answer.ts'

const says = (spec: AnswerSpec, text: string) => parseAnswer(spec, { kind: 'text', text }, 'en')
const fields = (fields: Readonly<Record<string, readonly string[]>>): AnswerInput => ({
  kind: 'fields',
  fields,
})

const { spec } = choice([
  { value: 'fish', label: 'Fish and chips' },
  { value: 'soup', label: 'Soup, green' },
  { value: 'pasta', label: 'Паста «Весна»' },
])

it.each([
  ['1', 'fish'],
  ['2)', 'soup'],
  ['3.', 'pasta'],
  ['#1', 'fish'],
  ['Option 2', 'soup'],
  ['вариант 3', 'pasta'],
  ['fish', 'fish'],
  ['FISH AND CHIPS', 'fish'],
  ['Soup, green', 'soup'],
  ['soup, green!', 'soup'],
  ['"soup"', 'soup'],
  ['паста «весна»', 'pasta'],
  ['2 please', 'soup'],
  ['Fish, thanks!', 'fish'],
  ['1️⃣', 'fish'],
  ['２', 'soup'],
  ['2\n\nThanks,\nAnn', 'soup'],
  ['Hello, 2 please', 'soup'],
])('takes %j as %s', (answer, value) => {
  expect(says(spec, answer)).toEqual({ status: 'understood', value, stance: 'answered' })
})

it.each(['4', '0', '99', 'pizza', 'fish, soup', '1 and 2', '1 2', '²'])('refuses %j', (answer) => {
  expect(says(spec, answer).status).toBe('refused')
})

it.each([
  '',
  'the first or the second',
  'fish or soup',
  'not the fish',
  'not 1',
  'whatever you like',
  '1 or 2',
  '2\nno, 3',
])('does not guess what %j means', (answer) => {
  expect(says(spec, answer).status).toBe('unclear')
})

it('says every option in the hint', () => {
  expect(says(spec, 'pizza')).toHaveProperty(
    'hint',
    'Please choose one of these, by number or by name: 1 Fish and chips, 2 Soup, green, 3 Паста «Весна».',
  )
})

it('takes a number as a name when options are numbers', () => {
  const seats = choice(['4', '2', '1']).spec
  expect(says(seats, '2')).toHaveProperty('value', '2')
  expect(says(seats, '3').status).toBe('refused')
})

it('does not choose between two options of one name', () => {
  const twins = choice([
    { value: 'a', label: 'Anna' },
    { value: 'b', label: 'anna' },
  ]).spec
  expect(says(twins, 'Anna').status).toBe('refused')
  expect(says(twins, '2')).toHaveProperty('value', 'b')
})

it('takes several, in the order of the question, each once', () => {
  const { spec: several } = choice(
    [
      { value: 'fish', label: 'Fish and chips' },
      { value: 'soup', label: 'Soup, green' },
      { value: 'tea', label: 'Tea' },
    ],
    { multiple: true },
  )
  for (const answer of [
    'tea, fish',
    '3, 1',
    '3 and 1',
    '1 3',
    '3;1',
    'Tea\nFish and chips',
    'fish and chips and tea',
    'tea, tea, fish',
    'fish & tea',
    '1, 3\n\nThanks',
    'Tea und Fish',
  ]) {
    expect(says(several, answer)).toMatchObject({ status: 'understood', value: ['fish', 'tea'] })
  }
  expect(says(several, 'soup, green, tea')).toHaveProperty('value', ['soup', 'tea'])
  expect(says(several, 'tea')).toHaveProperty('value', ['tea'])
  expect(says(several, 'tea, beer').status).toBe('unclear')
  expect(says(several, '1, 9').status).toBe('unclear')
  expect(parseAnswer(several, fields({ answer: ['tea', 'fish', 'tea'] }), 'en')).toHaveProperty('value', [
    'fish',
    'tea',
  ])
  expect(parseAnswer(several, fields({}), 'en').status).toBe('refused')
  expect(parseAnswer(several, fields({ answer: ['tea', 'beer'] }), 'en').status).toBe('refused')
  expect(parseAnswer(several, { kind: 'value', value: ['tea'] }, 'en')).toHaveProperty('value', ['tea'])
  for (const value of ['tea', [], [['tea']], null])
    expect(parseAnswer(several, { kind: 'value', value }, 'en').status).toBe('refused')
})
