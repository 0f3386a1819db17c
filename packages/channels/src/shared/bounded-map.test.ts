import { expect, test } from 'vitest'
import { boundedMap } from './bounded-map.ts'

test('of more entries than it holds the oldest goes, and that is told', () => {
  const forgotten: number[] = []
  const map = boundedMap<string, number>(2, (value) => forgotten.push(value))
  map.set('one', 1)
  map.set('two', 2)
  map.set('one', 11)
  map.set('three', 3)
  expect([map.get('one'), map.get('two'), map.get('three')]).toEqual([11, undefined, 3])
  expect(forgotten).toEqual([2])
  map.delete('one')
  map.set('four', 4)
  expect([map.get('three'), map.get('four')]).toEqual([3, 4])
})
