import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uuidV7 } from './uuid.ts'

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
