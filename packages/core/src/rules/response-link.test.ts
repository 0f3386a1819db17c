import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashToken, makeToken, tokenBytes } from './response-link.ts'

const bytes = fc.uint8Array({ minLength: tokenBytes, maxLength: tokenBytes })

test('a token is 26 letters and digits that no mail system changes', () => {
  fc.assert(
    fc.property(bytes, (random) => {
      const token = makeToken(random)
      expect(token).toMatch(/^[0-9a-z]{26}$/)
      expect(hashToken(token.toUpperCase())).toBe(hashToken(token))
    }),
  )
})

test('different randomness gives different tokens: all 128 bits count', () => {
  fc.assert(
    fc.property(bytes, fc.integer({ min: 0, max: 127 }), (random, bit) => {
      const other = random.slice()
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(makeToken(other)).not.toBe(makeToken(random))
    }),
  )
})

test('ten thousand tokens are ten thousand hashes', () => {
  const hashes = Array.from({ length: 10_000 }, () => hashToken(makeToken(randomBytes(tokenBytes))))
  expect(new Set(hashes).size).toBe(10_000)
})

test('what cannot be a token has no hash', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^[0-9a-hjkmnp-tv-z]{26}$/i.test(text))
      expect(hashToken(text)).toBeUndefined()
    }),
  )
  for (const hostile of [
    '',
    '../../etc/passwd',
    'a'.repeat(25),
    'a'.repeat(27),
    `${'a'.repeat(25)}\n`,
    'ı'.repeat(26),
    '0'.repeat(10 ** 6),
  ])
    expect(hashToken(hostile)).toBeUndefined()
})
