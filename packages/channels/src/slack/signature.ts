import { createHmac } from 'node:crypto'
import { isSameSecret } from '../shared/webhook.ts'

/** How far a request's time may be from ours, before and after (docs.slack.dev/authentication/verifying-requests-from-slack). */
const windowSeconds = 300

/** What is needed to check a request of Slack. */
export interface SlackProof {
  readonly headers: Headers
  readonly body: Uint8Array
  /** One, or two while one replaces the other. */
  readonly signingSecrets: readonly string[]
  /** Unix ms. */
  readonly nowMs: number
}

/** Whether Slack signed exactly these bytes, at most five minutes from now. */
export function isFromSlack({ body, headers, nowMs, signingSecrets }: SlackProof): boolean {
  const timestamp = headers.get('x-slack-request-timestamp') ?? ''
  const signature = headers.get('x-slack-signature') ?? ''
  if (!/^\d{9,12}$/.test(timestamp) || !signature.startsWith('v0=')) return false
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > windowSeconds) return false
  return signingSecrets.some((secret) => {
    const hash = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')
    return isSameSecret(`v0=${hash}`, signature)
  })
}
