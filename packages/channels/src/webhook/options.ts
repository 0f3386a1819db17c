import { checkUrl, type UrlRules } from '@invite-me/core/guarded-fetch'
import { z } from 'zod'
import { privateKeySchema, publicKeySchema, secretSchema } from './keys.ts'

/** Options of the webhook channel as a host app writes them. */
export const webhookOptionsSchema = z
  .strictObject({
    url: z
      .string()
      .max(2_000)
      .optional()
      .describe(
        'One endpoint for everybody; an address is then whatever that system calls a person. Default: an address is an endpoint of its own.',
      ),
    secrets: z
      .array(secretSchema.meta({ secret: true }))
      .max(5)
      .default([])
      .describe(
        'Shared secrets (`whsec_…`) to sign with; two while one replaces the other. Answers signed with any are believed.',
      ),
    privateKeys: z
      .array(privateKeySchema.meta({ secret: true }))
      .max(5)
      .default([])
      .describe(
        'Ed25519 private keys (`whsk_…`) to sign with; receivers check with the public key and cannot sign themselves.',
      ),
    answerKeys: z
      .array(publicKeySchema)
      .max(50)
      .default([])
      .describe('Ed25519 public keys (`whpk_…`) of those who may send answers.'),
    allowPrivate: z
      .boolean()
      .default(false)
      .describe(
        'Also calls addresses inside your own network, plain http and any port. Only where you trust everybody who can set an address.',
      ),
    ports: z
      .array(z.int().min(1).max(65_535))
      .max(50)
      .default([])
      .describe('Ports that are called beside 443 and 8443.'),
    timeoutMs: z
      .int()
      .min(1_000)
      .max(120_000)
      .default(20_000)
      .describe('Longest time an endpoint may take to answer.'),
    maxBytes: z
      .int()
      .min(1_000)
      .max(1_000_000)
      .default(20_000)
      .describe('Largest body that is sent; details are left out before a message is refused as too large.'),
    resolve: z
      .custom<(host: string) => Promise<readonly string[]>>((value) => typeof value === 'function')
      .optional()
      .describe('Resolves a host name to all its addresses; default the system.'),
  })
  .superRefine((options, context) => {
    if (options.secrets.length + options.privateKeys.length === 0)
      context.addIssue({
        code: 'custom',
        path: ['secrets'],
        message: 'give a secret or a private key to sign with',
      })
    const checked = options.url === undefined ? undefined : checkUrl(options.url, urlRules(options))
    if (checked?.ok === false) context.addIssue({ code: 'custom', path: ['url'], message: checked.reason })
  })
/** Options after validation. */
export type WebhookOptions = z.output<typeof webhookOptionsSchema>

/** Which endpoints may be called. */
export function urlRules({ allowPrivate, ports }: Pick<WebhookOptions, 'allowPrivate' | 'ports'>): UrlRules {
  return allowPrivate ? { allowHttp: true, ports: 'any', isAllowed: () => true } : { ports }
}
