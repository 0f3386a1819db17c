import type { WebhookSecret } from '../model/webhook-endpoint.ts'

/** Bytes of randomness in a secret. */
export const webhookSecretBytes = 32
/** Secrets an endpoint has at most; each adds a signature to every post, and receivers look at ten. */
const mostSecrets = 5

/** A secret as Standard Webhooks spells it: `whsec_` and its bytes in base64. */
export function spellWebhookSecret(bytes: Uint8Array): string {
  return `whsec_${btoa(String.fromCharCode(...bytes))}`
}

/** The secrets that sign now, newest first. */
export function validSecrets(secrets: readonly WebhookSecret[], nowMs: number): readonly WebhookSecret[] {
  return secrets.filter(({ validUntil }) => validUntil === null || validUntil.getTime() > nowMs)
}

/**
 * Puts a new secret before the others, which go on signing: the newest of them for a while, the older ones for what is left of
 * theirs.
 *
 * @param until when the newest of the others ends
 */
export function rotateSecrets(
  secrets: readonly WebhookSecret[],
  secret: string,
  until: Date,
  nowMs: number,
): readonly WebhookSecret[] {
  const kept = validSecrets(secrets, nowMs).map((one) => ({ ...one, validUntil: one.validUntil ?? until }))
  return [{ secret, validUntil: null }, ...kept].slice(0, mostSecrets)
}
