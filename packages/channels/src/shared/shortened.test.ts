import { expect, test } from 'vitest'
import { shortened } from './shortened.ts'

test.each([
  ['Fish', 4, 'Fish'],
  ['Fishes', 4, 'Fis…'],
  ['ab👍👍', 6, 'ab👍👍'],
  ['ab👍👍', 5, 'ab👍…'],
  ['ab👍👍', 4, 'ab…'],
  ['👍', 1, '…'],
  ['', 1, ''],
])('%j in %i characters is %j', (text, longest, expected) => {
  expect(shortened(text, longest)).toBe(expected)
})
