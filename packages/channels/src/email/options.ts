import { createPrivateKey } from 'node:crypto'
import { z } from 'zod'
import { canonicalDomain, parseEmailAddress } from './address.ts'
import type { SmtpConnectionClass } from './mail-transport.ts'
import { taggedAddress, tokenPlace } from './tagged-address.ts'

const address = z.string().transform((value, context) => {
  const result = parseEmailAddress(value)
  if (result.ok) return result.address
  context.addIssue({ code: 'custom', message: result.reason })
  return z.NEVER
})

const domain = z.string().transform((value, context) => {
  const result = canonicalDomain(value)
  if (result !== undefined) return result
  context.addIssue({ code: 'custom', message: 'not a domain name' })
  return z.NEVER
})

const template = z.string().refine((value) => {
  const [before, after, ...more] = value.split(tokenPlace)
  const isPlacedRight =
    before !== undefined && after !== undefined && more.length === 0 && after.includes('@')
  return isPlacedRight && parseEmailAddress(taggedAddress(value).with('x'.repeat(32))).ok
}, `give an address with ${tokenPlace} once before the @, such as reply+${tokenPlace}@guests.test`)

const displayName = z
  .string()
  .max(200)
  .regex(/^[^\0-\x1f\x7f-\x9f\u2028\u2029]*$/, 'must be one line')

/** An address, with or without a name before it; no other form of RFC 5322 is needed for one sender. */
const senderText = z.string().transform((value, context) => {
  const [, name = '', bare = value] = /^\s*"?([^"<>]*?)"?\s*<([^<>]*)>\s*$/.exec(value) ?? []
  const parsed = z.object({ name: displayName, address }).safeParse({ name, address: bare })
  if (parsed.success) return parsed.data
  context.addIssue({ code: 'custom', message: parsed.error.issues[0]?.message ?? 'not a sender' })
  return z.NEVER
})

const port = z.int().min(1).max(65_535)

const serverSchema = z.strictObject({
  host: z.string().min(1).max(253),
  port: port.optional().describe('Default 465 with `secure`, else 587.'),
  secure: z
    .boolean()
    .default(false)
    .describe('TLS from the first byte; without it STARTTLS is used where the server offers it.'),
  requireTls: z.boolean().default(false).describe('Refuse to send when the connection cannot be encrypted.'),
  auth: z
    .strictObject({ user: z.string().min(1), pass: z.string().min(1).meta({ secret: true }) })
    .optional()
    .describe('User name and password, when the server wants them.'),
  tls: z
    .strictObject({
      rejectUnauthorized: z.boolean().optional(),
      servername: z.string().optional(),
      ca: z.string().optional(),
    })
    .optional()
    .describe('How the server’s certificate is checked; by default strictly.'),
})

/** Where to hand mail in, after validation. */
export type SmtpServer = z.output<typeof serverSchema>

const urlSchema = z
  .string()
  .meta({ secret: true })
  .transform((value, context): SmtpServer => {
    const url = URL.canParse(value) ? new URL(value) : undefined
    // Options hidden in a query would be a second way to say the same, and could switch checks off unseen.
    if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || url.search !== '') {
      context.addIssue({
        code: 'custom',
        message: 'give smtp://user:password@host:port or smtps://…, without a query',
      })
      return z.NEVER
    }
    const user = decodeURIComponent(url.username)
    const pass = decodeURIComponent(url.password)
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      secure: url.protocol === 'smtps:',
      requireTls: false,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      ...(user === '' || pass === '' ? {} : { auth: { user, pass } }),
    }
  })

const rateSchema = z.strictObject({ count: z.int().min(1), perMs: z.int().min(1) })

const dkimSchema = z.strictObject({
  domainName: domain,
  keySelector: z.string().regex(/^[A-Za-z0-9._-]{1,63}$/),
  privateKey: z.string().meta({ secret: true }).refine(isRsaKey, 'give an RSA private key in PEM form'),
})

/** The signature is rsa-sha256, which every receiver knows (RFC 8301 §3.1). */
function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

/** Options of the e-mail channel as a host app writes them. */
export const emailOptionsSchema = z.strictObject({
  smtp: z
    .union([urlSchema, serverSchema])
    .describe('The mail server to hand messages to: a URL, or its parts.'),
  from: z
    .union([senderText, z.strictObject({ name: displayName.default(''), address })])
    .describe('The sender people see: `dinner@guests.test` or `Dinner <dinner@guests.test>`.'),
  replyDomain: domain
    .optional()
    .describe('Domain whose mail reaches us; replies then go to `reply+<token>@` it and count as answers.'),
  replyAddress: template
    .optional()
    .describe('Instead of `replyDomain`: the whole reply address, with {token} where the token goes.'),
  bounceDomain: domain
    .optional()
    .describe(
      'Domain whose mail reaches us; bounces then go to `bounce+<token>@` it. Default: they go to `from`.',
    ),
  unsubscribeMailto: address
    .optional()
    .describe('Address offered for unsubscribing by mail, beside the link.'),
  connections: z.int().min(1).max(100).default(5).describe('Connections to the server at once.'),
  messagesPerConnection: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('Messages after which a connection is renewed.'),
  rate: rateSchema.optional().describe('At most `count` sends in any `perMs`; default no limit.'),
  domainRates: z
    .record(z.union([z.literal('*'), domain]), rateSchema)
    .optional()
    .describe(
      'Limits by the domain of the recipient, `{ "gmail.com": { count: 100, perMs: 60000 } }`; `*` is for each other domain. Default none.',
    ),
  feedbackId: z
    .string()
    .regex(/^[A-Za-z0-9-]{5,15}$/, 'give 5 to 15 letters, digits or hyphens')
    .optional()
    .describe('Your name in the header `Feedback-ID`, by which Gmail reports complaints; default no header.'),
  timeoutMs: z.int().min(100).max(600_000).default(30_000).describe('Longest time for one send.'),
  dkim: dkimSchema.optional().describe('Signs messages here; leave it out when the mail server signs.'),
  maxInboundBytes: z
    .int()
    .min(1_000)
    .max(50_000_000)
    .default(1_048_576)
    .describe('Largest reply or bounce that is read.'),
  smtpConnection: z
    .custom<SmtpConnectionClass>((value) => typeof value === 'function')
    .optional()
    .describe(
      'The class `SMTPConnection` of nodemailer to use; default: the installed one, loaded with the first message.',
    ),
})

/** Options of the e-mail channel after validation. */
export type EmailOptions = z.output<typeof emailOptionsSchema>
