import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idSource, uuidV7 } from './uuid.ts'

const moments = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const random = fc.uint8Array({ minLength: 10, maxLength: 10 })

test('every id is a UUID of version 7 that holds its time', () => {
  fc.assert(
    fc.property(moments, random, (nowMs, bytes) => {
      const id = uuidV7(nowMs, bytes)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(nowMs)
    }),
  )
})

test('ids sort by their time', () => {
  fc.assert(
    fc.property(moments, moments, random, random, (a, b, one, other) => {
      fc.pre(a < b)
      expect(uuidV7(a, one) < uuidV7(b, other)).toBe(true)
    }),
  )
})

test('ids of one source sort in the order they were made, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 200 }), (steps) => {
      let now = 1_000_000
      const source = idSource({ now: () => now }, { bytes: (count) => new Uint8Array(count).fill(255) })
      const ids = steps.flatMap((step) => {
        now += step
        return Array.from({ length: 40 }, () => source.next())
      })
      expect(ids.toSorted()).toEqual(ids)
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})

test('ten thousand ids within one millisecond are in order and differ', () => {
  const source = idSource({ now: () => 1_000 }, { bytes: (count) => new Uint8Array(count) })
  const ids = Array.from({ length: 10_000 }, () => source.next())
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(10_000)
})
