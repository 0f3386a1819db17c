import { createHash } from 'node:crypto'

/** Lower-case letters and digits without look-alikes (Crockford's base 32): survives mail systems that fold case. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Random bytes a token is made of: 130 bits are carried by 26 characters, 128 of them random. */
export const tokenBytes = 16

const tokenPattern = /^[0-9a-hjkmnp-tv-z]{26}$/

/**
 * Spells a secret token out of random bytes.
 *
 * @param random 16 bytes from a cryptographic source
 * @returns 26 characters, letters and digits only
 */
export function makeToken(random: Uint8Array): string {
  let token = ''
  let bits = 0
  let held = 0
  for (const byte of random.subarray(0, tokenBytes)) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      token += alphabet[(held >>> bits) & 31] ?? ''
      held &= (1 << bits) - 1
    }
  }
  return token + (alphabet[(held << (5 - bits)) & 31] ?? '')
}

/**
 * Reads a token as it came back, forgiving upper case.
 *
 * @returns the token's SHA-256 in hex, by which the store knows it, or `undefined` when it cannot be one of ours
 */
export function hashToken(token: string): string | undefined {
  const folded = token.toLowerCase()
  return tokenPattern.test(folded) ? createHash('sha256').update(folded).digest('hex') : undefined
}
