import { describe, expect, it } from 'vitest'
import { readAnswerOption } from './answer-option.ts'

describe('readAnswerOption', () => {
  it.each([
    ['yes-no', { type: 'yesNo' }],
    ['text', { type: 'text', maxLength: 2_000 }],
    ['text:200', { type: 'text', maxLength: 200 }],
    ['number', { type: 'number', integer: false }],
    ['number:1..10', { type: 'number', integer: false, min: 1, max: 10 }],
    ['number:-5..', { type: 'number', integer: false, min: -5 }],
    ['number:..2.5', { type: 'number', integer: false, max: 2.5 }],
    ['date', { type: 'date' }],
    ['rsvp', { type: 'rsvp', maxParty: 10 }],
    ['rsvp:4', { type: 'rsvp', maxParty: 4 }],
  ])('reads %s', (option, spec) => {
    expect(readAnswerOption(option).spec).toEqual(spec)
  })

  it('reads options with and without labels of their own', () => {
    expect(readAnswerOption('choice: Fish, veg = Vegetarian: no egg ').spec).toEqual({
      type: 'choice',
      multiple: false,
      options: [
        { value: 'Fish', label: 'Fish' },
        { value: 'veg', label: 'Vegetarian: no egg' },
      ],
    })
    expect(readAnswerOption('poll:A,B,C').spec).toMatchObject({ type: 'choice', multiple: true })
  })

  it.each([
    ['maybe', 'no type of answer'],
    ['', 'no type of answer'],
    ['constructor', 'no type of answer'],
    ['poll:A', 'at least two options'],
    ['choice', 'at least two options'],
    ['choice:,,', 'at least two options'],
    ['number:3', 'looks like number:1..10'],
    ['number:a..b', 'is not understood'],
    ['rsvp:many', 'is not understood'],
    ['text:', 'is not understood'],
  ])('refuses "%s" and says how to write it', (option, reason) => {
    expect(() => readAnswerOption(option)).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        field: '--answer',
        message: expect.stringContaining(reason),
      }),
    )
  })
})
