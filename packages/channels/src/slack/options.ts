import { z } from 'zod'

/** Slack's own address of its Web API. */
export const slackApiUrl = 'https://slack.com/api'

const secret = z.string().min(16).meta({ secret: true })

/** Options every part that talks to Slack shares. */
export const slackAccessOptions = {
  botToken: z
    .string()
    .regex(/^xox[abep][-.]\S{8,}$/, 'give a bot token, which begins with xoxb-')
    .meta({ secret: true })
    .describe('Bot token of the Slack app (OAuth & Permissions).'),
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .default(slackApiUrl)
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('Address of the Web API; another one for GovSlack or a test.'),
}

/** Options of the Slack channel as a host app writes them. */
export const slackOptionsSchema = z.strictObject({
  ...slackAccessOptions,
  signingSecret: z
    .union([secret.transform((one) => [one]), z.array(secret).min(1).max(2)])
    .optional()
    .meta({ secret: true })
    .describe(
      'Signing secret of the Slack app (Basic Information), or two while one replaces the other. Without it answers come by link only.',
    ),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(120_000)
    .default(15_000)
    .describe('Longest wait for one message in milliseconds; default 15,000.'),
})
/** The same after validation. */
export type SlackOptions = z.output<typeof slackOptionsSchema>
