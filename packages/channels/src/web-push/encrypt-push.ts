import type { OutboundMessage } from '@invite-me/core/channel'
import type { WebPushLibrary, WebPushOptions } from './options.ts'
import type { PushSubscription } from './subscription.ts'

/** What goes with a message beside its text. */
export interface Envelope {
  readonly message: OutboundMessage
  readonly options: WebPushOptions
  /** Unix ms. */
  readonly now: number
  readonly topic: string
}

/** What a push service is sent. */
export interface EncryptedPush {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

/** Headers and encrypted body of one push (RFC 8030, 8291, 8292). */
export function encryptPush(
  library: WebPushLibrary,
  subscription: PushSubscription,
  text: string,
  { message, now, options, topic }: Envelope,
): EncryptedPush {
  const { privateKey, publicKey, subject } = options
  const { body, headers } = library.generateRequestDetails(subscription, text, {
    vapidDetails: { subject, publicKey, privateKey },
    TTL: secondsToLive(message, options, now),
    urgency: urgentCategories.includes(message.category) ? 'high' : 'normal',
    topic,
    contentEncoding: 'aes128gcm',
  })
  const lines = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length')
  return {
    headers: Object.fromEntries(lines.map(([name, value]) => [name, String(value)])),
    body: new Uint8Array(body ?? []),
  }
}

/** What wakes a device that saves its battery (RFC 8030 §5.3). */
const urgentCategories: readonly string[] = ['verification', 'security', 'live-event']

function secondsToLive({ until }: OutboundMessage, { ttlSeconds }: WebPushOptions, now: number): number {
  if (until === null) return ttlSeconds
  return Math.max(0, Math.min(ttlSeconds, Math.floor((until.getTime() - now) / 1_000)))
}
