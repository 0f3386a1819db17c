import { createHmac } from 'node:crypto'
import { isSameSecret } from '../shared/webhook.ts'
import type { Verification } from './inbound-options.ts'

/** How far the clocks may be apart, in seconds. */
const toleranceSeconds = 300

/**
 * Tells whether a request is genuine, from its raw body.
 *
 * @param now Unix ms
 * @returns true for `by: 'token'`: there the token in each event is the proof, and is asked for when it is read
 */
export function isGenuine(
  headers: Headers,
  body: Uint8Array,
  verification: Verification,
  now: number,
): boolean {
  switch (verification.by) {
    case 'token':
      return true
    case 'header':
      return isSameSecret(headers.get(verification.header) ?? '', verification.secret)
    case 'hmac':
      return hasSignature(headers, body, verification, now)
  }
}

function hasSignature(
  headers: Headers,
  body: Uint8Array,
  verification: Extract<Verification, { by: 'hmac' }>,
  now: number,
): boolean {
  const { algorithm, encoding, header, prefix, secret, timestampHeader } = verification
  const moment = timestampHeader === undefined ? '' : (headers.get(timestampHeader) ?? '')
  if (timestampHeader !== undefined && !isNow(moment, now)) return false
  const wanted = createHmac(algorithm, secret)
    .update(signedContent(verification, moment, body))
    .digest(encoding)
  const given = headers.get(header) ?? ''
  return isSameSecret(given, `${prefix}${wanted}`)
}

function isNow(moment: string, now: number): boolean {
  return /^[1-9]\d{0,11}$/.test(moment) && Math.abs(now / 1_000 - Number(moment)) <= toleranceSeconds
}

/** The body is put in as bytes: as text it might not be the same again. */
function signedContent(
  { content, timestampHeader }: Extract<Verification, { by: 'hmac' }>,
  moment: string,
  body: Uint8Array,
): Buffer {
  const template = content ?? (timestampHeader === undefined ? '{{body}}' : '{{timestamp}}.{{body}}')
  const [before = '', after = ''] = template.replaceAll('{{timestamp}}', moment).split('{{body}}')
  return Buffer.concat([Buffer.from(before), body, Buffer.from(after)])
}
