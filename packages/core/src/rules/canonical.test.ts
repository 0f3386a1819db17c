import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalText } from './canonical.ts'

test('the order in which members were written does not matter', () => {
  expect(canonicalText({ b: [{ d: 1, c: 2 }], a: new Date(0) })).toBe(
    '{"a":"1970-01-01T00:00:00.000Z","b":[{"c":2,"d":1}]}',
  )
})

test('for any object, a shuffled copy gives the same text and a changed one another', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const shuffled = Object.fromEntries(Object.entries(object).toReversed())
      expect(canonicalText(shuffled)).toBe(canonicalText(object))
      expect(canonicalText({ ...object, extra: 1, other: 2 })).not.toBe(
        canonicalText({ ...object, extra: 2, other: 2 }),
      )
    }),
  )
})
