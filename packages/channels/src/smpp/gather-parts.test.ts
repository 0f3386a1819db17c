import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { partGatherer, type PartGatherer } from './gather-parts.ts'

let gatherer: PartGatherer
let incomplete: (readonly [string, string])[]

beforeEach(() => {
  vi.useFakeTimers()
  incomplete = []
  gatherer = partGatherer({ waitMs: 60_000, incomplete: (from, text) => void incomplete.push([from, text]) })
})
afterEach(() => {
  gatherer.clear()
  vi.useRealTimers()
})
const part = (place: number, count = 3, reference = 9) => ({ place, count, reference })

test('parts come in any order, and twice', () => {
  expect(gatherer.add('ann', part(3), 'c')).toBeUndefined()
  expect(gatherer.add('ann', part(1), 'a')).toBeUndefined()
  expect(gatherer.add('ann', part(1), 'a')).toBeUndefined()
  expect(gatherer.add('ann', part(2), 'b')?.text).toBe('abc')
})

test('texts of different people and of different references are not mixed', () => {
  gatherer.add('ann', part(1, 2), 'a')
  expect(gatherer.add('bo', part(2, 2), 'x')).toBeUndefined()
  expect(gatherer.add('ann', part(2, 2, 8), 'y')).toBeUndefined()
  expect(gatherer.add('ann', part(2, 2), 'b')?.text).toBe('ab')
})

test('until it was taken the last part may come again; afterwards a new text begins', () => {
  gatherer.add('ann', part(1, 2), 'a')
  expect(gatherer.add('ann', part(2, 2), 'b')?.text).toBe('ab')
  const again = gatherer.add('ann', part(2, 2), 'b')
  expect(again?.text).toBe('ab')
  again?.forget()
  expect(gatherer.add('ann', part(2, 2), 'b')).toBeUndefined()
})

test('a text whose rest never comes is handed over with a gap', () => {
  gatherer.add('ann', part(1), 'a')
  gatherer.add('ann', part(3), 'c')
  vi.advanceTimersByTime(59_999)
  expect(incomplete).toEqual([])
  vi.advanceTimersByTime(1)
  expect(incomplete).toEqual([['ann', 'a…c']])
})

test.each([part(0), part(4), part(1, 1), part(1, 0)])(
  'a place that cannot be (%j) makes a text of its own',
  (place) => {
    expect(gatherer.add('ann', place, 'a')?.text).toBe('a')
  },
)

test('beginnings without end do not fill the memory: the oldest is given up', () => {
  for (let index = 0; index <= 1_000; index += 1) gatherer.add(`person ${index}`, part(1), 'a')
  vi.advanceTimersByTime(60_000)
  expect(incomplete).toHaveLength(1_000)
  expect(incomplete[0]?.[0]).toBe('person 1')
})
