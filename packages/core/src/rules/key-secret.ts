import { hash } from 'node:crypto'

/** Lower-case letters and digits without look-alikes (Crockford's base 32): a byte of chance makes one of them. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** How every key begins, so that scanners for leaked secrets know it. */
const mark = 'imk_'
const publicLength = 10
const hiddenLength = 32

/** Random bytes a key's secret is made of: 50 bits tell keys apart, 160 are secret. */
export const keySecretBytes: number = publicLength + hiddenLength

const secretPattern = /^imk_[0-9a-hjkmnp-tv-z]{10}_[0-9a-hjkmnp-tv-z]{32}$/

/**
 * Spells the secret of a key out of random bytes.
 *
 * @param random {@link keySecretBytes} bytes from a cryptographic source
 * @returns `imk_7dq2k4n8xw_…`, and the `prefix` that may be shown, `imk_7dq2k4n8xw`
 */
export function makeKeySecret(random: Uint8Array): { readonly secret: string; readonly prefix: string } {
  const characters = Array.from(random.subarray(0, keySecretBytes), (byte) => alphabet[byte & 31]).join('')
  const prefix = mark + characters.slice(0, publicLength)
  return { secret: `${prefix}_${characters.slice(publicLength)}`, prefix }
}

/**
 * Reads a secret as it came back. Keys are pasted, not typed, so nothing is forgiven.
 *
 * @returns its SHA-256 in hex, by which the store knows it, or `undefined` when it cannot be one of ours
 */
export function hashKeySecret(secret: string): string | undefined {
  return secretPattern.test(secret) ? hash('sha256', secret) : undefined
}
