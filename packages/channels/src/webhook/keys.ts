import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'

/** A shared secret: `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks 1.0.0, signature scheme). */
export const secretSchema = keySchema('whsec_', 'give whsec_ followed by 24 to 64 bytes in base64', (bytes) =>
  bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined,
)

/** A private key: `whsk_` and the 32 bytes of an Ed25519 seed in base64, with or without the public key behind it. */
export const privateKeySchema = keySchema(
  'whsk_',
  'give whsk_ followed by an Ed25519 private key of 32 or 64 bytes in base64',
  readPrivateKey,
)

/** A public key: `whpk_` and the 32 bytes of an Ed25519 key in base64. */
export const publicKeySchema = keySchema(
  'whpk_',
  'give whpk_ followed by an Ed25519 public key of 32 bytes in base64',
  (bytes) => (bytes.length === 32 ? publicKeyFrom(bytes) : undefined),
)

/** Refuses a key without repeating any of it. */
function keySchema<Key>(prefix: string, wanted: string, read: (bytes: Buffer) => Key | undefined) {
  return z.string().transform((text, context): Key => {
    const encoded = text.startsWith(prefix) ? text.slice(prefix.length) : ''
    const bytes = Buffer.from(encoded, 'base64')
    const isExact =
      encoded !== '' && bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '')
    const key = isExact ? read(bytes) : undefined
    if (key !== undefined) return key
    context.addIssue({ code: 'custom', message: wanted })
    return z.NEVER
  })
}

/** What stands before the bytes of an Ed25519 key in DER (RFC 8410 §4 and §7). */
const privateKeyHead = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicKeyHead = Buffer.from('302a300506032b6570032100', 'hex')

function readPrivateKey(bytes: Buffer): KeyObject | undefined {
  if (bytes.length !== 32 && bytes.length !== 64) return undefined
  const der = Buffer.concat([privateKeyHead, bytes.subarray(0, 32)])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  // With another public key behind it the signatures would never fit what the receiver was given.
  const isPair = bytes.length === 32 || publicKeyFrom(bytes.subarray(32)).equals(createPublicKey(key))
  return isPair ? key : undefined
}

function publicKeyFrom(bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicKeyHead, bytes]), format: 'der', type: 'spki' })
}
