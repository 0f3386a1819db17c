import { checkUrl, type UrlRules } from '@invite-me/core/guarded-fetch'
import { ECDH } from 'node:crypto'
import { z } from 'zod'

/** A browser's subscription: where its push service is called, and what its messages are encrypted with. */
export interface PushSubscription {
  readonly endpoint: string
  readonly keys: {
    /** Public key on P-256, 65 bytes uncompressed, base64url. */
    readonly p256dh: string
    /** 16 secret bytes, base64url. */
    readonly auth: string
  }
}

/** Which push services may be called. */
export interface PushServiceRules extends UrlRules {
  /** Hosts beside the known ones; `*.guests.test` stands for every name below. */
  readonly pushServices: readonly string[]
}

/**
 * Hosts of the browsers' push services: Google (Chrome, Brave, Opera, Samsung), Mozilla, Apple, Microsoft (web-push-libs
 * issue 801 and Chromium push_messaging_constants.cc, seen 2026-11-22).
 */
const knownServices = [
  'fcm.googleapis.com',
  'android.googleapis.com',
  'updates.push.services.mozilla.com',
  '*.push.services.mozilla.com',
  '*.push.apple.com',
  '*.notify.windows.com',
] as const

/** Longest address the engine keeps. */
const longest = 2_000

const bytes = (size: number, what: string) =>
  z.string().transform((text, context): string => {
    const read = Buffer.from(text, 'base64url')
    if (/^[\w+/-]+={0,2}$/.test(text) && read.length === size) return read.toString('base64url')
    context.addIssue({ code: 'custom', message: `${what} is not ${String(size)} bytes in base64url` })
    return z.NEVER
  })

const subscriptionSchema = z.object({
  endpoint: z.string().max(longest),
  keys: z.object({
    p256dh: bytes(65, 'keys.p256dh').refine(isOnCurve, 'keys.p256dh is no point of P-256'),
    auth: bytes(16, 'keys.auth'),
  }),
})

/** A subscription in its one spelling, or why a text is none. */
export type ReadSubscription =
  | { readonly ok: true; readonly address: string; readonly subscription: PushSubscription }
  | { readonly ok: false; readonly reason: string }

/**
 * Reads what a page got from `JSON.stringify(await registration.pushManager.subscribe(…))`. Subscriptions come from
 * browsers, so their endpoints may be any URL: only known push services are called.
 */
export function readSubscription(text: string, rules: PushServiceRules): ReadSubscription {
  const refused = (reason: string): ReadSubscription => ({ ok: false, reason })
  if (text.length > 2 * longest) return refused('it is too long for a push subscription')
  const parsed = subscriptionSchema.safeParse(parseJson(text))
  if (!parsed.success)
    return refused(
      parsed.error.issues[0]?.path.length ? sentence(parsed.error) : 'it is not a push subscription as JSON',
    )
  const { endpoint, keys } = parsed.data
  const checked = checkUrl(endpoint, rules)
  if (!checked.ok) return refused(`the endpoint cannot be called: ${checked.reason}`)
  if (!isKnown(checked.url.hostname, rules.pushServices))
    return refused('the endpoint is not one of a known push service')
  checked.url.hash = ''
  const subscription = { endpoint: checked.url.href, keys }
  const address = JSON.stringify(subscription)
  return address.length <= longest
    ? { ok: true, address, subscription }
    : refused('it is too long for a push subscription')
}

function sentence({ issues }: z.ZodError): string {
  const [issue] = issues
  return issue?.code === 'custom' ? issue.message : `${issue?.path.join('.') ?? ''} is missing or wrong`
}

function isKnown(host: string, more: readonly string[]): boolean {
  return [...knownServices, ...more].some((service) =>
    service.startsWith('*.') ? host.endsWith(service.slice(1)) : host === service,
  )
}

/** Anything else would make the encryption fail with every message. */
function isOnCurve(key: string): boolean {
  try {
    ECDH.convertKey(key, 'prime256v1', 'base64url', 'base64url', 'uncompressed')
    return true
  } catch {
    return false
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
