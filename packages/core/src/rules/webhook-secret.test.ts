import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WebhookSecret } from '../model/webhook-endpoint.ts'
import { rotateSecrets, spellWebhookSecret, validSecrets } from './webhook-secret.ts'

test('a secret is spelled as libraries of the standard read it', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => index * 8)
  const text = spellWebhookSecret(bytes)
  expect(text).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(Buffer.from(text.slice(6), 'base64')).toEqual(Buffer.from(bytes))
})

test('the old secret signs beside the new one for its time, and one before it for the rest of its own', () => {
  let secrets: readonly WebhookSecret[] = [{ secret: 'first', validUntil: null }]
  secrets = rotateSecrets(secrets, 'second', new Date(1_000), 0)
  secrets = rotateSecrets(secrets, 'third', new Date(5_000), 500)
  const at = (ms: number) => validSecrets(secrets, ms).map(({ secret }) => secret)
  expect(at(999)).toEqual(['third', 'second', 'first'])
  expect(at(1_000)).toEqual(['third', 'second'])
  expect(at(5_000)).toEqual(['third'])
})

test('however often secrets are changed, the newest is first and signs, and there are never more than five', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1_000 }), { maxLength: 30 }), (pauses) => {
      let nowMs = 0
      let secrets: readonly WebhookSecret[] = []
      for (const [index, pause] of pauses.entries()) {
        nowMs += pause
        secrets = rotateSecrets(secrets, String(index), new Date(nowMs + 1_500), nowMs)
        expect(secrets.length).toBeLessThanOrEqual(5)
        expect(secrets.filter(({ validUntil }) => validUntil === null)).toEqual([
          { secret: String(index), validUntil: null },
        ])
        expect(secrets[0]?.secret).toBe(String(index))
      }
    }),
  )
})
