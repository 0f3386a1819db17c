import { expect, it } from 'vitest'
import { z } from 'zod'
import { form, type AnswerInput, type AnswerSpec } from '../../model/answer.ts'
import { parseAnswer } from './parse-answer.ts'

const says = (spec: AnswerSpec, text: string) => parseAnswer(spec, { kind: 'text', text }, 'en')
const fields = (fields: Readonly<Record<string, readonly string[]>>): AnswerInput => ({
  kind: 'fields',
  fields,
})

const { spec } = form(
  z.object({
    name: z.string().min(2).max(40).meta({ title: 'Your name' }),
    email: z.email().optional(),
    seats: z.int().min(1).max(8),
    price: z.number().optional(),
    vegetarian: z.boolean(),
    meal: z.enum(['fish', 'meat']),
    days: z.array(z.enum(['fri', 'sat'])).optional(),
    arrival: z.iso.date().optional(),
    note: z.string().nullable(),
    address: z.object({ street: z.string(), zip: z.string().optional() }),
    songs: z.array(z.string()).optional(),
  }),
)
const good = { name: ['Ann'], seats: ['2'], meal: ['fish'], note: [''], 'address.street': ['Main 1'] }

it('turns what the browser posts into the types of the schema', () => {
  const parsed = parseAnswer(
    spec,
    fields({
      ...good,
      email: [''],
      price: ['2,5'],
      vegetarian: ['on'],
      days: ['fri', 'sat'],
      arrival: ['27.11.2026'],
      songs: ['One\r\n\r\nTwo '],
    }),
    'en',
  )
  expect(parsed).toEqual({
    status: 'understood',
    stance: 'answered',
    value: {
      name: 'Ann',
      seats: 2,
      price: 2.5,
      vegetarian: true,
      meal: 'fish',
      days: ['fri', 'sat'],
      arrival: '2026-11-27',
      note: null,
      address: { street: 'Main 1' },
      songs: ['One', 'Two'],
    },
  })
})

it('takes a box that is not ticked as false', () => {
  expect(parseAnswer(spec, fields(good), 'en')).toHaveProperty('value.vegetarian', false)
})

it.each([
  [{ name: [''] }, 'Please fill in "Your name".'],
  [{ name: ['A'] }, '"Your name": Please write at least 2 characters.'],
  [{ name: ['A'.repeat(41)] }, '"Your name": Please write at most 40 characters.'],
  [{ name: ['Ann', 'Bob'] }, 'Please fill in "Your name" only once.'],
  [{ email: ['nope'] }, '"Email": Please write an e-mail address, for example ann@example.com.'],
  [{ seats: ['0'] }, '"Seats": The number must be 1 or more.'],
  [{ seats: ['9'] }, '"Seats": The number must be 8 or less.'],
  [{ seats: ['2.5'] }, '"Seats": Please send a whole number.'],
  [{ seats: ['many'] }, '"Seats": Please send a whole number, for example 3.'],
  [{ meal: ['cake'] }, '"Meal": Please check this answer; it is not of the kind asked for.'],
  [{ arrival: ['2026-02-30'] }, '"Arrival": Please send a date as year-month-day, for example 2027-03-31.'],
  [{ 'address.street': [''] }, 'Please fill in "Street".'],
])('refuses %j and names the field', (change, hint) => {
  expect(parseAnswer(spec, fields({ ...good, ...change }), 'en')).toEqual({ status: 'refused', hint })
})

it('does not answer in words, and takes no property it does not know', () => {
  expect(says(spec, 'yes').status).toBe('refused')
  const hostile = JSON.parse('{"__proto__":["x"],"constructor":["x"],"toString":["x"]}') as Record<
    string,
    string[]
  >
  const parsed = parseAnswer(spec, fields({ ...hostile, ...good }), 'en')
  expect(parsed.status).toBe('understood')
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
})

it('refuses a schema nobody can read instead of throwing', () => {
  expect(
    parseAnswer(
      { type: 'form', schema: { type: 'object', properties: { a: { type: 'nonsense' } } } },
      fields({ a: ['1'] }),
      'en',
    ).status,
  ).toBe('refused')
  for (const schema of [
    {},
    { type: 'object' },
    { $ref: '#/$defs/a' },
    { type: 'object', properties: null },
    { properties: { a: 5 } },
  ]) {
    expect(() => parseAnswer({ type: 'form', schema }, fields({ a: ['1'] }), 'en')).not.toThrow()
  }
})
