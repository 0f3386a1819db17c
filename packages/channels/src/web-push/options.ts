import { createECDH } from 'node:crypto'
import { z } from 'zod'
import type { PushServiceRules } from './subscription.ts'

/** What is used of the library `web-push`. */
export interface WebPushLibrary {
  generateRequestDetails(
    subscription: {
      readonly endpoint: string
      readonly keys: { readonly p256dh: string; readonly auth: string }
    },
    payload: string,
    options: {
      readonly vapidDetails: {
        readonly subject: string
        readonly publicKey: string
        readonly privateKey: string
      }
      /** Seconds. */
      readonly TTL: number
      readonly urgency: 'normal' | 'high'
      readonly topic: string
      readonly contentEncoding: 'aes128gcm'
    },
  ): {
    readonly headers: object
    readonly body: Buffer | null
  }
}

/** Four weeks: no push service keeps a message longer (RFC 8030 §5.2; Google and Mozilla, seen 2026-11-22). */
const longestSeconds = 2_419_200

const key = (size: number) =>
  z
    .string()
    .refine(
      (text) => /^[\w-]+={0,2}$/.test(text) && Buffer.from(text, 'base64url').length === size,
      `give a VAPID key: ${String(size)} bytes in base64url, as \`npx web-push generate-vapid-keys\` makes them`,
    )

/** Options of the web push channel as a host app writes them. */
export const webPushOptionsSchema = z
  .strictObject({
    subject: z
      .string()
      .max(200)
      .regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, 'give mailto:you@guests.test or an https address')
      .describe('Whom a push service may write to about these messages: `mailto:` or an https address.'),
    publicKey: key(65).describe('VAPID public key, the one the page subscribes with.'),
    privateKey: key(32).meta({ secret: true }).describe('VAPID private key.'),
    answerUrl: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional()
      .describe(
        'Address that leads to `inviteMe.receive("web-push", request)`; buttons then answer at once, without a page.',
      ),
    pushServices: z
      .array(
        z
          .string()
          .regex(
            /^(\*\.)?[a-z0-9.-]{1,253}$/,
            'give a host name, such as push.guests.test or *.push.guests.test',
          ),
      )
      .max(50)
      .default([])
      .describe('Hosts of push services beside those of the known browsers.'),
    ttlSeconds: z
      .int()
      .min(0)
      .max(longestSeconds)
      .default(longestSeconds)
      .describe(
        'Longest time a push service keeps a message for a device that is off; never beyond the deadline.',
      ),
    timeoutMs: z.int().min(1_000).max(120_000).default(20_000).describe('Longest time for one send.'),
    allowPrivate: z
      .boolean()
      .default(false)
      .describe('Also calls push services inside your own network, plain http and any port.'),
    library: z
      .custom<WebPushLibrary>(
        (value) => typeof value === 'object' && value !== null && 'generateRequestDetails' in value,
      )
      .optional()
      .describe('The library `web-push`, where it cannot be imported; default `import("web-push")`.'),
  })
  .superRefine(({ privateKey, publicKey }, context) => {
    if (!isPair(privateKey, publicKey))
      context.addIssue({
        code: 'custom',
        path: ['privateKey'],
        message: 'it does not belong to the public key',
      })
  })
/** Options after validation. */
export type WebPushOptions = z.output<typeof webPushOptionsSchema>

/** Which push services may be called. */
export function serviceRules({ allowPrivate, pushServices }: WebPushOptions): PushServiceRules {
  return { pushServices, ...(allowPrivate && { allowHttp: true, ports: 'any', isAllowed: () => true }) }
}

/** With keys that are no pair every push would be refused, with a status that blames the subscription. */
function isPair(privateKey: string, publicKey: string): boolean {
  try {
    const pair = createECDH('prime256v1')
    pair.setPrivateKey(privateKey, 'base64url')
    return pair.getPublicKey().equals(Buffer.from(publicKey, 'base64url'))
  } catch {
    return false
  }
}
