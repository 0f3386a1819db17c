import { describe, expect, test } from 'vitest'
import { tallyOf } from './tally.ts'

const nothing = { states: {}, values: [], numbers: [], texts: [], quorum: null }

describe('a tally', () => {
  test('of nobody has every state and every option, all none', () => {
    const options = [
      { value: 'red', label: 'Red' },
      { value: 'blue', label: 'Blue' },
    ]
    const tally = tallyOf('m', { type: 'choice', multiple: false, options }, nothing)
    expect(tally).toMatchObject({ asked: 0, answered: 0, quorum: null })
    expect(Object.values(tally.states)).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
    expect(tally.answers).toEqual({
      type: 'choice',
      multiple: false,
      options: options.map((option) => ({ ...option, count: 0 })),
    })
    expect(tallyOf('m', { type: 'number', integer: true }, nothing).answers).toEqual({
      type: 'number',
      count: 0,
      sum: null,
      min: null,
      max: null,
      mean: null,
    })
    expect(tallyOf('m', { type: 'rsvp', maxParty: 2 }, nothing).answers).toEqual({
      type: 'rsvp',
      yes: 0,
      no: 0,
      maybe: 0,
      heads: 0,
      maybeHeads: 0,
    })
  })

  test('has as many dates as a year, and how many answers are beyond', () => {
    const values = Array.from({ length: 366 }, (_, index) => ({
      field: '',
      value: `2026-01-${String(index).padStart(3, '0')}`,
      count: index === 5 ? 3 : 1,
    }))
    const { answers } = tallyOf('m', { type: 'date' }, { ...nothing, states: { answered: 400 }, values })
    expect(answers).toMatchObject({ type: 'date', others: 400 - 368 })
    expect(answers.type === 'date' && answers.dates[0]).toEqual({ value: '2026-01-005', count: 3 })
  })
})
