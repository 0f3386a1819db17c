import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashKeySecret, keySecretBytes, makeKeySecret } from './key-secret.ts'

const randomBytes = fc.uint8Array({ minLength: keySecretBytes, maxLength: keySecretBytes })

describe('the secret of a key', () => {
  test('is spelled as documented, from any bytes', () => {
    fc.assert(
      fc.property(randomBytes, (bytes) => {
        const { secret, prefix } = makeKeySecret(bytes)
        expect(secret).toMatch(/^imk_[0-9a-z]{10}_[0-9a-z]{32}$/)
        expect(secret.startsWith(`${prefix}_`)).toBe(true)
        expect(prefix).toHaveLength(14)
        expect(hashKeySecret(secret)).toMatch(/^[0-9a-f]{64}$/)
      }),
    )
  })

  test('uses five bits of every byte, all of them', () => {
    const secretOf = (byte: number, at: number): string => {
      const bytes = new Uint8Array(keySecretBytes)
      bytes[at] = byte
      return makeKeySecret(bytes).secret
    }
    for (let at = 0; at < keySecretBytes; at += 1) {
      const spelled = new Set(Array.from({ length: 256 }, (_, byte) => secretOf(byte, at)))
      expect(spelled.size).toBe(32)
    }
  })

  test('with anything changed, added or of another kind has no hash', () => {
    const { secret, prefix } = makeKeySecret(new Uint8Array(keySecretBytes).fill(7))
    const others = [
      '',
      prefix,
      ` ${secret}`,
      `${secret}\n`,
      `${secret}0`,
      secret.toUpperCase(),
      `${secret}\0`,
    ]
    for (const other of [...others, secret.replace('imk_', 'key_'), secret.replaceAll('7', 'u')])
      expect(hashKeySecret(other)).toBe(undefined)
    expect(hashKeySecret('imk_'.repeat(100_000))).toBe(undefined)
    fc.assert(fc.property(fc.string(), (text) => hashKeySecret(text) === undefined))
  })
})
