import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnswerSpec } from '../model/answer.ts'
import type { QuorumOf } from '../model/quorum.ts'
import {
  countedIn,
  countsTowards,
  problemOfQuorum,
  readQuorumOf,
  resultOfQuorum,
  usualQuorumOf,
  type Standing,
} from './quorum.ts'
import { tallyOf } from './tally.ts'

const yesNo: AnswerSpec = { type: 'yesNo' }
const rsvp: AnswerSpec = { type: 'rsvp', maxParty: 5 }
const date: AnswerSpec = { type: 'date' }
const text: AnswerSpec = { type: 'text', maxLength: 10 }
const choiceOf = (...values: readonly string[]): AnswerSpec => ({
  type: 'choice',
  multiple: false,
  options: values.map((value) => ({ value, label: value })),
})
const choice = choiceOf('red', 'blue')
const yes: Standing = { state: 'accepted', value: true }
const no: Standing = { state: 'declined', value: false }
const maybe: Standing = { state: 'answered', value: { coming: 'maybe', party: 2 } }

describe('what counts', () => {
  test.each<readonly [AnswerSpec, QuorumOf, Standing, boolean]>([
    [yesNo, 'accepted', yes, true],
    [yesNo, 'accepted', no, false],
    [yesNo, false, no, true],
    [yesNo, 'answered', no, true],
    [yesNo, 'answered', { state: 'pending', value: true }, false],
    [yesNo, 'answered', { state: 'cancelled', value: null }, false],
    [rsvp, 'maybe', maybe, true],
    [rsvp, 'accepted', maybe, false],
    [choice, 'red', { state: 'answered', value: 'red' }, true],
    [choice, 'red', { state: 'answered', value: 'blue' }, false],
    [choice, 'red', { state: 'answered', value: ['blue', 'red'] }, true],
    [choiceOf('answered', 'no'), 'answered', { state: 'answered', value: 'no' }, false],
    [date, '2026-11-27', { state: 'answered', value: '2026-11-27' }, true],
    [text, 'answered', { state: 'answered', value: 'Hi' }, true],
  ])('%j of %j: %j is %s', (spec, of, standing, expected) => {
    expect(countsTowards(spec, of, standing)).toBe(expected)
  })

  test('is a yes where there is one, else any answer', () => {
    expect([yesNo, rsvp, choice, date, text].map(usualQuorumOf)).toEqual([
      'accepted',
      'accepted',
      'answered',
      'answered',
      'answered',
    ])
  })

  test.each<readonly [AnswerSpec, QuorumOf, boolean]>([
    [yesNo, true, true],
    [yesNo, 'maybe', false],
    [rsvp, 'maybe', true],
    [rsvp, 'red', false],
    [choice, 'blue', true],
    [choice, 'green', false],
    [choice, 'accepted', false],
    [date, '2026-11-27', true],
    [date, 'Friday', false],
    [text, 'Hi', false],
    [text, 'answered', true],
  ])('%j of %j is possible: %s', (spec, of, isPossible) => {
    expect(problemOfQuorum(spec, of) === undefined).toBe(isPossible)
  })

  test('true is read from an address where the answer is yes or no', () => {
    expect(readQuorumOf(yesNo, 'true')).toBe(true)
    expect(readQuorumOf(choiceOf('true', 'false'), 'true')).toBe('true')
  })
})

/** A tally of yes-or-no answers. */
const tally = (states: Parameters<typeof tallyOf>[2]['states']) =>
  tallyOf('message-1', yesNo, { states, values: [], numbers: [], texts: [], quorum: null })

describe('a quorum', () => {
  test.each([
    [{ accepted: 2, pending: 5 }, 2, { reached: true, counted: 2 }],
    [{ accepted: 1, pending: 1 }, 2, undefined],
    [{ accepted: 1, declined: 3 }, 2, { reached: false, counted: 1, why: 'too_few_left' }],
    [{ accepted: 1, cancelled: 3 }, 2, { reached: false, counted: 1, why: 'called_off' }],
    [{ accepted: 0, expired: 1, unreachable: 1 }, 1, { reached: false, counted: 0, why: 'too_few_left' }],
  ])('%j, %s wanted: %j', (states, count, expected) => {
    expect(resultOfQuorum(tally(states), count, 'accepted')).toEqual(expected)
  })

  test('is decided as soon as nobody is left, and counts the same one by one and together', () => {
    const standing = fc.constantFrom(yes, no, { state: 'pending', value: null } as const)
    fc.assert(
      fc.property(
        fc.array(standing, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom<QuorumOf>('accepted', 'answered', true, false),
        (standings, count, of) => {
          const states = Object.fromEntries(
            [...Map.groupBy(standings, ({ state }) => state)].map(([state, some]) => [state, some.length]),
          )
          const oneByOne = standings.filter((one) => countsTowards(yesNo, of, one)).length
          expect(countedIn(tally(states), of)).toBe(oneByOne)
          const result = resultOfQuorum(tally(states), count, of)
          const pending = standings.filter(({ state }) => state === 'pending').length
          expect(result?.reached).toBe(
            oneByOne >= count ? true : oneByOne + pending < count ? false : undefined,
          )
        },
      ),
    )
  })
})
