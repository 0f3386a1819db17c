import { expect, test } from 'vitest'
import { SeenNames } from './seen-names.ts'

test('a name is new once, however many came between', () => {
  const seen = new SeenNames()
  const names = Array.from({ length: 5_000 }, (_, number) => `guest-${String(number)}`)
  expect(names.filter((name) => !seen.add(name))).toEqual([])
  expect(names.filter((name) => seen.add(name))).toEqual([])
  expect(seen.add('Guest-1')).toBe(true)
})
