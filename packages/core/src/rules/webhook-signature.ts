import { createHmac, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto'

/** What webhooks are signed with; several of a kind while one replaces another. */
export interface SigningKeys {
  /** Shared secrets, for signatures `v1`. */
  readonly secrets: readonly Uint8Array[]
  /** Ed25519 private keys, for signatures `v1a`. */
  readonly privateKeys: readonly KeyObject[]
}

/** What signatures are checked with. */
export interface VerifyingKeys {
  readonly secrets: readonly Uint8Array[]
  /** Ed25519 public keys. */
  readonly publicKeys: readonly KeyObject[]
}

/** A webhook as it is signed; see Standard Webhooks 1.0.0, signature scheme. */
export interface SignedWebhook {
  /** The same for every try; letters, digits, `_` and `-`: a dot would let the parts of what is signed run into each other. */
  readonly id: string
  /** Moment of this try, Unix seconds. */
  readonly timestamp: number
  /** The raw bytes of the body. */
  readonly body: Uint8Array
}

/** How far the two clocks may be apart, in seconds. */
const toleranceSeconds = 300
/** As many as we ever write ourselves; each costs a calculation with every key, whoever sent it. */
const mostSignatures = 10

/** Headers of a signed webhook: its id, moment and one signature for each key. */
export function signatureHeaders(
  webhook: SignedWebhook,
  { privateKeys, secrets }: SigningKeys,
): Readonly<Record<string, string>> {
  const content = signedContent(webhook)
  const signatures = [
    ...secrets.map((secret) => `v1,${hmac(secret, content).toString('base64')}`),
    ...privateKeys.map((key) => `v1a,${sign(null, content, key).toString('base64')}`),
  ]
  return {
    'webhook-id': webhook.id,
    'webhook-timestamp': String(webhook.timestamp),
    'webhook-signature': signatures.join(' '),
  }
}

/**
 * Checks who sent a webhook, and when.
 *
 * @param nowMs Unix ms
 * @returns its id, or `undefined` when any header is missing or odd, it is more than five minutes old or ahead, or no
 *   signature fits any key
 */
export function verifySignature(
  headers: Headers,
  body: Uint8Array,
  keys: VerifyingKeys,
  nowMs: number,
): string | undefined {
  const id = headers.get('webhook-id') ?? ''
  const moment = headers.get('webhook-timestamp') ?? ''
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(id) || !/^[1-9]\d{0,11}$/.test(moment)) return undefined
  const timestamp = Number(moment)
  if (Math.abs(nowMs / 1_000 - timestamp) > toleranceSeconds) return undefined
  const content = signedContent({ id, timestamp, body })
  const wanted = keys.secrets.map((secret) => hmac(secret, content))
  const signatures = (headers.get('webhook-signature') ?? '').split(' ').slice(0, mostSignatures)
  return signatures.some((signature) => fits(signature, content, { ...keys, wanted })) ? id : undefined
}

interface Fitting extends Pick<VerifyingKeys, 'publicKeys'> {
  /** The right signatures by our secrets. */
  readonly wanted: readonly Buffer[]
}

function fits(signature: string, content: Uint8Array, { publicKeys, wanted }: Fitting): boolean {
  const [, version, encoded = ''] = /^(v1a?),([A-Za-z0-9+/]{43,86}={0,2})$/.exec(signature) ?? []
  const given = Buffer.from(encoded, 'base64')
  if (version === 'v1' && given.length === 32) return wanted.some((right) => timingSafeEqual(right, given))
  if (version === 'v1a' && given.length === 64)
    return publicKeys.some((key) => verify(null, content, key, given))
  return false
}

function signedContent({ body, id, timestamp }: SignedWebhook): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${String(timestamp)}.`), body])
}

function hmac(secret: Uint8Array, content: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(content).digest()
}
