import { createPublicKey, verify, type KeyObject } from 'node:crypto'

/** How far a request's time may be from ours. Discord names no window; without one a captured request would be good for ever. */
const windowSeconds = 300

/** Reads the application's public key. @param hex 64 hexadecimal digits */
export function discordKey(hex: string): KeyObject {
  const x = Buffer.from(hex, 'hex').toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}

/** What is needed to check a request of Discord. */
export interface DiscordProof {
  readonly headers: Headers
  readonly body: Uint8Array
  readonly key: KeyObject
  /** Unix ms. */
  readonly nowMs: number
}

/** Whether Discord signed exactly these bytes, at most five minutes from now (docs.discord.com, "Validating Security Request Headers"). */
export function isFromDiscord({ body, headers, key, nowMs }: DiscordProof): boolean {
  const timestamp = headers.get('x-signature-timestamp') ?? ''
  const signature = headers.get('x-signature-ed25519') ?? ''
  if (!/^\d{9,12}$/.test(timestamp) || !/^[0-9a-f]{128}$/i.test(signature)) return false
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > windowSeconds) return false
  return verify(null, Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, 'hex'))
}
