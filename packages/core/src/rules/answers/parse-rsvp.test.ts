import { expect, it } from 'vitest'
import { rsvp, type AnswerInput, type AnswerSpec } from '../../model/answer.ts'
import { parseAnswer } from './parse-answer.ts'

const says = (spec: AnswerSpec, text: string) => parseAnswer(spec, { kind: 'text', text }, 'en')
const fields = (fields: Readonly<Record<string, readonly string[]>>): AnswerInput => ({
  kind: 'fields',
  fields,
})

const { spec } = rsvp({ maxParty: 4 })

it.each([
  ['yes', 'yes', 1],
  ['Yes, 3 of us', 'yes', 3],
  ['yes 2', 'yes', 2],
  ['yes, we are three', 'yes', 3],
  ['yes, the two of us', 'yes', 2],
  ['да, нас трое', 'yes', 3],
  ['Да, нас будет 4 человека', 'yes', 4],
  ['да, придём вдвоём', 'yes', 2],
  ['ja, zu zweit', 'yes', 2],
  ['Ja, wir sind drei', 'yes', 3],
  ['sí, somos dos', 'yes', 2],
  ['oui, nous serons trois', 'yes', 3],
  ['yes, just me', 'yes', 1],
  ['maybe', 'maybe', 1],
  ['Maybe, 2 people', 'maybe', 2],
  ['может быть', 'maybe', 1],
  ['🤷', 'maybe', 1],
  ['no', 'no', 0],
  ['Нет, спасибо', 'no', 0],
  ['👍', 'yes', 1],
  ["I'll be there", 'yes', 1],
  ['Приду!', 'yes', 1],
  ['мы придём вдвоём', 'yes', 2],
  ['ich komme gerne', 'yes', 1],
  ['allí estaré', 'yes', 1],
  ['je viens', 'yes', 1],
  ['eu vou', 'yes', 1],
  ["Sorry, can't make it", 'no', 0],
  ['К сожалению, не смогу', 'no', 0],
  ['ich kann leider nicht', 'no', 0],
  ['no podré ir', 'no', 0],
  ['désolé, je ne peux pas', 'no', 0],
  ['infelizmente não posso', 'no', 0],
])('takes %j as %s with %i', (answer, coming, party) => {
  expect(says(spec, answer)).toMatchObject({ status: 'understood', value: { coming, party } })
})

it('knows yes as accepted, no as declined and maybe as answered', () => {
  expect(says(spec, 'yes')).toHaveProperty('stance', 'accepted')
  expect(says(spec, 'no')).toHaveProperty('stance', 'declined')
  expect(says(spec, 'maybe')).toHaveProperty('stance', 'answered')
})

it.each(['yes, 5 of us', 'yes 0', 'maybe 400', '3'])('refuses %j and says the limits', (answer) => {
  expect(says(spec, answer).status).toBe('refused')
})

it.each([
  '3 of us',
  'yes, 2 or 3',
  'no, 2',
  'no one',
  'yes, +1',
  'yes, 2 guests',
  'yes, all of us',
  'maybe yes',
  'yes, 2 3',
  'yes, 99999 people',
  "I can't wait",
  "yes, but I can't come",
  'no, see you there',
  'приду или не приду',
  'не приду, приду',
  'please',
  'sorry',
])('does not guess what %j means', (answer) => {
  expect(says(spec, answer).status).toBe('unclear')
})

it('takes the form of the page; a party beside "no" does not count', () => {
  expect(parseAnswer(spec, fields({ answer: ['yes'], party: [' 3 '] }), 'en')).toHaveProperty('value', {
    coming: 'yes',
    party: 3,
  })
  expect(parseAnswer(spec, fields({ answer: ['yes'], party: [''] }), 'en')).toHaveProperty('value', {
    coming: 'yes',
    party: 1,
  })
  expect(parseAnswer(spec, fields({ answer: ['no'], party: ['3'] }), 'en')).toHaveProperty('value', {
    coming: 'no',
    party: 0,
  })
  expect(parseAnswer(spec, fields({ answer: ['no'], party: ['many'] }), 'en')).toHaveProperty('value', {
    coming: 'no',
    party: 0,
  })
  for (const party of ['0', '5', '1.5', '-1', 'two', '1e0', '0x1']) {
    expect(parseAnswer(spec, fields({ answer: ['yes'], party: [party] }), 'en').status).toBe('refused')
  }
  expect(parseAnswer(spec, fields({ answer: ['yes'], party: ['1', '2'] }), 'en').status).toBe('refused')
})

it('takes values of the right shape only', () => {
  expect(parseAnswer(spec, { kind: 'value', value: { coming: 'maybe' } }, 'en')).toHaveProperty('value', {
    coming: 'maybe',
    party: 1,
  })
  for (const value of [
    'yes',
    null,
    { coming: 'perhaps' },
    { coming: 'yes', party: '2' },
    { coming: 'yes', party: 2.5 },
    { coming: 'yes', party: Number.NaN },
    Object.create({ coming: 'yes' }),
  ]) {
    expect(parseAnswer(spec, { kind: 'value', value }, 'en').status).toBe('refused')
  }
})
