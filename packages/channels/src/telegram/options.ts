import { z } from 'zod'
import type { BotLibrary } from './bot-api.ts'

const secret = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,256}$/, 'give 16 to 256 letters, digits, _ or -')
  .meta({ secret: true })

const rate = z.strictObject({ count: z.int().min(1), perMs: z.int().min(1) })

/** Options of the Telegram channel as a host app writes them. */
export const telegramOptionsSchema = z.strictObject({
  token: z
    .string()
    .regex(/^\d{1,20}:[A-Za-z0-9_-]{10,100}$/, 'give the token as BotFather shows it, 123456789:AAE…')
    .meta({ secret: true })
    .describe('The bot’s token, from BotFather.'),
  webhookSecret: z
    .union([secret, z.array(secret).min(1).max(2)])
    .optional()
    .describe(
      'What `setWebhook` was told as `secret_token`; two while it is being changed. Leave it out when updates come by polling.',
    ),
  botName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{3,31}$/, 'give the name without @')
    .optional()
    .describe('The bot’s user name, for links that start it; default: Telegram is asked once.'),
  apiRoot: z
    .url({ protocol: /^https?$/, error: 'give an address such as https://api.telegram.org' })
    .default('https://api.telegram.org')
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('Address of the Bot API; change it for a Bot API server of your own.'),
  rate: rate
    .default({ count: 30, perMs: 1_000 })
    .describe('At most `count` sends in any `perMs`, over all chats; default 30 a second.'),
  privateRate: rate
    .default({ count: 3, perMs: 3_000 })
    .describe('The same for each private chat; default one a second, three at once.'),
  groupRate: rate
    .default({ count: 20, perMs: 60_000 })
    .describe('The same for each group; default 20 a minute.'),
  timeoutMs: z.int().min(100).max(600_000).default(30_000).describe('Longest time for one send.'),
  fetch: z
    .custom<typeof globalThis.fetch>((value) => typeof value === 'function')
    .optional()
    .describe('Does the requests; default the runtime’s `fetch`.'),
  grammy: z
    .custom<BotLibrary>((value) => typeof value === 'object' && value !== null && 'Api' in value)
    .optional()
    .describe('The grammY module to use; default: the installed one, loaded with the first message.'),
})

/** Options of the Telegram channel after validation. */
export type TelegramOptions = z.output<typeof telegramOptionsSchema>
