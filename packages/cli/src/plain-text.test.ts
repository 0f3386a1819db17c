import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonLine, plainLines, plainText } from './plain-text.ts'

describe('plainText', () => {
  it('leaves names of people alone', () => {
    for (const name of ['Zoë Müller', 'Анна', '王小明', 'שרה', 'O\'Neil "Bo"', '🙂'])
      expect(plainText(name)).toBe(name)
  })

  it('takes out what moves a cursor, sets a title or turns the text round', () => {
    expect(plainText('\x1b]0;title\x07Ann\x1b[2J\u202ecod.exe\u2066')).toBe(']0;titleAnn[2Jcod.exe')
    expect(plainText(' two\r\nlines\tand\u2028more ')).toBe('two lines and more')
  })

  it('keeps the lines of an explanation, but nothing inside them', () => {
    expect(plainLines('one\x1b[1m\n  two\r\nthree\u0085')).toBe('one[1m\n  two\nthree')
  })

  it('holds no control character, whatever it is given, and JSON stays the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainText(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
        expect(jsonLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
        expect(JSON.parse(jsonLine(text))).toBe(text)
      }),
      { seed: 20_261_122 },
    )
  })
})
