/** How long a page may stay open before its button is pressed. */
export const nonceLifeMs = 24 * 3_600_000
/** How far the clocks of two servers may differ. */
const clockSkewMs = 5 * 60_000

const shape = /^([0-9a-z]{8,11})\.([0-9a-f]{64})$/

/**
 * Makes the nonce a page carries in its form: proof that the page was fetched before its button was pressed, so that
 * a link checker that posts blindly answers nothing. Keyed by the link's own token, so nothing has to be stored.
 *
 * @param token of the link, secret
 * @param purpose a nonce of one kind of page is worth nothing on another
 * @param nowMs milliseconds since 1970
 */
export async function issueNonce(token: string, purpose: string, nowMs: number): Promise<string> {
  const issued = nowMs.toString(36)
  const signature = await crypto.subtle.sign('HMAC', await keyOf(token), messageOf(purpose, issued))
  return `${issued}.${toHex(new Uint8Array(signature))}`
}

/** True when the nonce was issued for this token and purpose within the last 24 hours. Compares in constant time. */
export async function checkNonce(
  nonce: string | undefined,
  token: string,
  purpose: string,
  nowMs: number,
): Promise<boolean> {
  const [, issued, signature] = shape.exec(nonce ?? '') ?? []
  if (issued === undefined || signature === undefined) return false
  const ageMs = nowMs - Number.parseInt(issued, 36)
  if (!(ageMs <= nonceLifeMs && ageMs >= -clockSkewMs)) return false
  return crypto.subtle.verify('HMAC', await keyOf(token), fromHex(signature), messageOf(purpose, issued))
}

function keyOf(token: string): ReturnType<typeof crypto.subtle.importKey> {
  return crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(token),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  )
}

function messageOf(purpose: string, issued: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`invite-me page nonce\n${purpose}\n${issued}`)
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_value, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  )
}
