import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { privateKeySchema, publicKeySchema, secretSchema } from './keys.ts'

const secretText = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const pair = generateKeyPairSync('ed25519')
const seed = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
const point = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const privateKey = privateKeySchema.parse(`whsk_${seed.toString('base64')}`)

test('keys are read as they are written', () => {
  expect(Buffer.from(secretSchema.parse(secretText))).toEqual(Buffer.from(secretText.slice(6), 'base64'))
  expect(privateKey.equals(pair.privateKey)).toBe(true)
  expect(publicKeySchema.parse(`whpk_${point.toString('base64')}`).equals(pair.publicKey)).toBe(true)
})

test.each([24, 64])('a secret may have %i bytes', (size) => {
  expect(secretSchema.safeParse(`whsec_${Buffer.alloc(size, 1).toString('base64')}`).success).toBe(true)
})

test.each([
  `whsec_${Buffer.alloc(23, 1).toString('base64')}`,
  `whsec_${Buffer.alloc(65, 1).toString('base64')}`,
  'whsec_',
  'whsec_not base64 at all, is it?',
  secretText.slice(6),
  `whsk_${secretText.slice(6)}`,
])('%j is no secret, and is not repeated', (bad) => {
  const parsed = secretSchema.safeParse(bad)
  expect(parsed.success).toBe(false)
  expect(JSON.stringify(parsed.error)).not.toContain(bad.slice(6, 30) || 'nothing')
})

test('a private key may carry its public key, but no other', () => {
  const whole = Buffer.concat([seed, point])
  expect(privateKeySchema.parse(`whsk_${whole.toString('base64')}`).equals(privateKey)).toBe(true)
  const mixed = Buffer.concat([seed, seed]).toString('base64')
  expect(privateKeySchema.safeParse(`whsk_${mixed}`).success).toBe(false)
})
