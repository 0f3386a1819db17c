import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseInput } from './parse.ts'
import { recipientInputSchema } from './recipient.ts'

const wrong = { code: 'REQUEST_INVALID', what: 'Refused' } as const

test('names the field that is wrong, and why', () => {
  const schema = z.strictObject({ age: z.number() })
  expect(() => parseInput(schema, { age: 'x' }, wrong)).toThrow(
    expect.objectContaining({
      code: 'REQUEST_INVALID',
      field: 'age',
      message: expect.stringMatching(/^Refused: "age" is wrong: .*number/) as string,
    }),
  )
  expect(() => parseInput(schema, { age: 1, agee: 2 }, { ...wrong, path: 'options' })).toThrow(
    expect.objectContaining({
      field: 'options.agee',
      message: 'Refused: "options.agee" is wrong: there is no such option.',
    }),
  )
})

test.each([
  [{ email: 'x'.repeat(2_001) }, 'routes.email', 'at most 2,000'],
  [[{ channel: 'email', address: '' }], 'routes.0.address', 'must not be empty'],
  [[{ channel: 'E mail', address: 'a' }], 'routes.0.channel', 'lower-case words'],
])(
  'where a value may be of several shapes, tells the problem of the one it came closest to: %j',
  (routes, field, message) => {
    expect(() => parseInput(recipientInputSchema, { externalId: 'a', routes }, wrong)).toThrow(
      expect.objectContaining({ field, message: expect.stringContaining(message) as string }),
    )
  },
)

test('of shapes that fail at the same depth, tells the problem of the one with the fewest', () => {
  const schema = z.union([
    z.strictObject({ ids: z.array(z.string()) }),
    z.strictObject({ since: z.string(), state: z.string().optional() }),
  ])
  for (const [value, field] of [
    [{ since: null }, 'since'],
    [{ ids: ['x'], state: 'failed' }, 'state'],
    [{ ids: ['x'], since: 'today' }, 'since'],
    [{}, 'ids'],
  ] as const)
    expect(() => parseInput(schema, value, wrong)).toThrow(expect.objectContaining({ field }))
})

test('a value of none of the shapes is told at its own place', () => {
  expect(() => parseInput(recipientInputSchema, { externalId: 'a', routes: 7 }, wrong)).toThrow(
    expect.objectContaining({ field: 'routes' }),
  )
})
