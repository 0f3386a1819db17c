import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCursor, decodeEventCursor, encodeCursor, eventPageAnswer, pageAnswer } from './page-cursor.ts'

test('a cursor comes back as it went out', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\x21-\x7e]{1,100}$/), (id) => {
      expect(decodeCursor(encodeCursor(id))).toBe(id)
    }),
  )
  fc.assert(
    fc.property(fc.nat(), (cursor) => {
      expect(decodeEventCursor(encodeCursor(cursor))).toBe(cursor)
    }),
  )
})

test('whatever is no cursor of ours is refused by name, and never passes for another one', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      try {
        expect(encodeCursor(decodeCursor(text))).toBe(text)
      } catch (error) {
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', field: 'query.after' })
      }
    }),
  )
  for (const odd of ['', 'a', '!', 'MDE=', encodeCursor('\0'), encodeCursor('ä'), 'x'.repeat(401)])
    expect(() => decodeCursor(odd)).toThrow(/query\.after/)
  for (const odd of ['-1', '1.5', '1e3', 'one', '9'.repeat(16)])
    expect(() => decodeEventCursor(encodeCursor(odd))).toThrow(/query\.after/)
})

test('a page that is not full is the last one; events always go on', () => {
  expect(pageAnswer([{ id: 'a' }, { id: 'b' }], { limit: 2 }).next).toBe(encodeCursor('b'))
  expect(pageAnswer([{ id: 'a' }], { limit: 2 }).next).toBeNull()
  expect(pageAnswer([], { limit: 2 }).next).toBeNull()
  expect(eventPageAnswer([], 7).next).toBe(encodeCursor(7))
  expect(eventPageAnswer([{ cursor: 9 }], 7).next).toBe(encodeCursor(9))
})
