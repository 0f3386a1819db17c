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

const lunch = choice(['Fish and chips', 'Vegetarian lasagne', 'Café crème', 'Soup']).spec

it.each([
  ['the second one', 'Vegetarian lasagne'],
  ['Второй', 'Vegetarian lasagne'],
  ['die zweite bitte', 'Vegetarian lasagne'],
  ['number 4', 'Soup'],
  ['No. 4', 'Soup'],
  ['٢', 'Vegetarian lasagne'],
  ['۲', 'Vegetarian lasagne'],
  ['२', 'Vegetarian lasagne'],
  ['\u202b2\u202c', 'Vegetarian lasagne'],
  ['vegetarian', 'Vegetarian lasagne'],
  ['Fish, please', 'Fish and chips'],
  ["2 s'il vous plaît", 'Vegetarian lasagne'],
  ['cafe creme', 'Café crème'],
  ['vegetarain lasagne', 'Vegetarian lasagne'],
  ['vegetarian lasagna', 'Vegetarian lasagne'],
  ['vegetarin lasagne', 'Vegetarian lasagne'],
  ['> What would you like?\n2', 'Vegetarian lasagne'],
])('understands %j as %s', (answer, value) => {
  expect(says(lunch, answer)).toHaveProperty('value', value)
})

it.each([
  'lasagne',
  'sopu',
  'vegetarn lasagna',
  'without fish',
  'fish\nsoup',
  'Fish and chips\nSoup',
  'the second or the third',
  'no fish',
  'fish soup',
  'fifth',
  'and',
  'Vegetarian?',
])('does not take %j for an option', (answer) => {
  expect(says(lunch, answer).status).not.toBe('understood')
})

it('does not correct a word into one of two that are equally close, nor into another beginning', () => {
  const days = choice(['Tuesday', 'Thursday', 'Hiking']).spec
  expect(says(days, 'tusday')).toHaveProperty('value', 'Tuesday')
  expect(says(days, 'tursday').status).toBe('refused')
  expect(says(days, 'biking').status).toBe('refused')
  const rooms = choice(['Room A2', 'Room B2']).spec
  expect(says(rooms, 'room a3').status).not.toBe('understood')
})

it.each([
  [['2 tickets', '4 tickets'], '2', undefined],
  [['2 tickets', '4 tickets'], '#2', '4 tickets'],
  [['2 tickets', '4 tickets'], '4', '4 tickets'],
  [['2 tickets', '4 tickets'], '2 tickets', '2 tickets'],
  [['1 ticket', '2 tickets'], '2', '2 tickets'],
  [['2pm', '3pm'], '2', undefined],
  [['2:30', '3:30'], '2', undefined],
  [['18:00', '20:00'], '20', '20:00'],
  [['18:00', '20:00'], '2', '20:00'],
  [['2 kg', '4 kg'], '-2 kg', undefined],
  [['Sí', 'Tal vez'], 'si', 'Sí'],
  [['Coming', 'Not coming'], 'not', undefined],
  [['1 May', '2 May'], 'the 2nd', '2 May'],
  [['2 May', '1 May'], 'the 2nd', undefined],
  [['12 seats', '22 seats'], '2', '22 seats'],
  [['Segunda-feira', 'Terça-feira', 'Quarta-feira', 'Quinta-feira'], 'quarta', 'Quarta-feira'],
  [['Dom', 'Seg', 'Ter', 'Qua'], 'quarta', undefined],
] as const)('of %j takes %j for %s', (options, answer, value) => {
  const parsed = says(choice(options).spec, answer)
  expect(parsed.status === 'understood' ? parsed.value : undefined).toBe(value)
})

it('asks for the name where a number could mean two things', () => {
  expect(says(choice(['2 tickets', '4 tickets']).spec, '2')).toHaveProperty(
    'hint',
    'Please write one of these as it stands here: 2 tickets, 4 tickets.',
  )
})

it('takes numbers as people see them, whatever the values are', () => {
  const { spec: answers } = choice([
    { value: '0', label: 'Never' },
    { value: '1', label: 'Often' },
  ])
  expect(says(answers, '1')).toHaveProperty('value', '0')
  expect(says(answers, '0').status).toBe('refused')
  const { spec: colours } = choice([
    { value: 'red', label: 'Blue' },
    { value: 'blue', label: 'Red' },
  ])
  expect(says(colours, 'red')).toHaveProperty('value', 'blue')
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
