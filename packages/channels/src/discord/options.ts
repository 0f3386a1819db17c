import { z } from 'zod'

/** Options of the Discord channel as a host app writes them. */
export const discordOptionsSchema = z.strictObject({
  botToken: z
    .string()
    .regex(/^[\w.-]{20,200}$/, 'give the token of the bot, without "Bot" before it')
    .meta({ secret: true })
    .describe('Token of the bot (Developer Portal, Bot).'),
  publicKey: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'give the 64 hexadecimal digits of the application’s public key')
    .optional()
    .describe(
      'Public key of the application (Developer Portal, General Information). Without it answers come by link only.',
    ),
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://discord.com/api/v10')
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('Address of the API with its version; another one for a proxy or a test.'),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(120_000)
    .default(15_000)
    .describe('Longest wait for one message in milliseconds; default 15,000.'),
})
/** The same after validation. */
export type DiscordOptions = z.output<typeof discordOptionsSchema>
