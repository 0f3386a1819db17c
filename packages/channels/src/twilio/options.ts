import { z } from 'zod'
import { phoneOptions } from '../shared/phone.ts'
import type { TwilioClient } from './client.ts'

const sid = (prefix: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `give ${what}: ${prefix} and 32 hexadecimal digits`)
const secret = z.string().min(1).meta({ secret: true })

/** A phone number as Twilio writes it. */
export const e164: z.ZodString = z.string().regex(/^\+[1-9]\d{6,14}$/, 'give a number such as +14155550100')

/** Classes a code of Twilio can be given by hand. */
const classSchema = z.enum([
  'retryable',
  'rate_limited',
  'permanent_recipient',
  'opted_out',
  'permanent_config',
  'permanent_content',
])

/** Options both channels of Twilio have; spread them into a schema and add {@link checkAccount}. */
export const twilioOptions = {
  accountSid: sid('AC', 'the account’s SID').describe('SID of the account, AC….'),
  authToken: secret.optional().describe('Auth token of the account; webhooks are signed with it.'),
  otherAuthToken: secret
    .optional()
    .describe('A second auth token whose signatures count too, while the first is being changed.'),
  apiKey: z
    .strictObject({ sid: sid('SK', 'the key’s SID'), secret })
    .optional()
    .describe('API key to send with, instead of the auth token.'),
  client: z
    .custom<TwilioClient>((value) => typeof value === 'object' && value !== null && 'request' in value)
    .optional()
    .describe('A client of the `twilio` package to send with, as it is set up. Default: plain HTTP.'),
  messagingServiceSid: sid('MG', 'the service’s SID')
    .optional()
    .describe('Messaging Service that chooses the sender.'),
  ownNumbers: z
    .array(e164)
    .optional()
    .describe('More numbers of yours replies come to, beside `from` and those of the Messaging Service.'),
  webhookUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Public address, exactly as Twilio calls it, that leads to `inviteMe.handleWebhook` of this channel. Reports and replies come there; without it there are none.',
    ),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.twilio.com')
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('Address of the API; change it for a region, a proxy or a test.'),
  errorClasses: z
    .record(z.string().regex(/^\d{5}$/, 'give Twilio’s code of five digits'), classSchema)
    .default({})
    .describe('What codes mean, where you know better: `{ "30008": "permanent_recipient" }`.'),
  rate: z
    .strictObject({ count: z.int().min(1), perMs: z.int().min(1) })
    .optional()
    .describe(
      'At most `count` messages in any `perMs`. Default: no limit, because Twilio keeps a queue of ten hours for each sender.',
    ),
  concurrency: z.int().min(1).max(100).default(10).describe('Requests under way at once.'),
  timeoutMs: z.int().min(100).max(600_000).default(30_000).describe('Longest time for one send.'),
  ...phoneOptions,
}

interface Account {
  readonly authToken?: string | undefined
  readonly apiKey?: object | undefined
  readonly client?: object | undefined
  readonly from?: string | undefined
  readonly messagingServiceSid?: string | undefined
  readonly webhookUrl?: string | undefined
}

/** Checks what single options cannot: that there is a sender, and a way to log in and to verify webhooks. */
export function checkAccount(account: Account, context: z.core.$RefinementCtx): void {
  const { apiKey, authToken, client, from, messagingServiceSid, webhookUrl } = account
  const complain = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message, input: undefined })
  if (from === undefined && messagingServiceSid === undefined)
    complain('from', 'give a sender: `from` or `messagingServiceSid`')
  if (authToken === undefined && apiKey === undefined && client === undefined)
    complain('authToken', 'give `authToken`, `apiKey` or a `client`')
  else if (authToken === undefined && webhookUrl !== undefined)
    complain('authToken', 'webhooks can be checked with the auth token only')
}

/** What both channels know after validation. */
export type TwilioOptions = z.output<z.ZodObject<typeof twilioOptions>>
/** Classes that can be given by hand. */
export type GivenClass = z.output<typeof classSchema>
