import { z } from 'zod'
import { preferencesSchema, type Preferences } from './preference.ts'
import { channelNameSchema, routeStateSchema, type Route } from './route.ts'

/** A line of text without control characters; names and labels. */
export const lineSchema = z
  .string()
  .trim()
  .max(200)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'control characters and line breaks are not allowed')

const externalIdSchema = lineSchema.min(1, 'an externalId must not be empty')

/** An address at the door: one line, no control characters; each channel checks the rest itself. */
export const addressSchema = z
  .string()
  .trim()
  .min(1, 'an address must not be empty')
  .max(2_000, 'an address has at most 2,000 characters')
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'an address must not contain control characters or line breaks')

/** An IANA time zone this machine knows. */
export const zoneSchema = z.string().max(64).refine(isZone, 'an IANA time zone looks like "Europe/Berlin"')

const routeInputSchema = z.object({
  channel: channelNameSchema,
  address: addressSchema,
  verified: z.boolean().default(false),
  state: routeStateSchema.default('open'),
  rank: z.number().int().min(1).max(1_000).optional(),
})

/**
 * A person as the host app describes them. `routes` is either a record channel → address, in no order of their own (the
 * workspace's order decides), or a list in the order the person prefers, first is best. It replaces the routes stored
 * before, but a route that was opted out or bounced stays so.
 */
export const recipientInputSchema = z.object({
  externalId: externalIdSchema,
  name: lineSchema.optional(),
  locale: z
    .string()
    .regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/, 'a locale looks like "en" or "pt-BR"')
    .optional(),
  zone: zoneSchema.optional(),
  attributes: z
    .record(z.string().max(64), z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]))
    .default({}),
  routes: z
    .union([
      z
        .array(routeInputSchema)
        .max(50)
        .transform((list) => list.map((route, index) => ({ ...route, rank: route.rank ?? index + 1 }))),
      z.record(channelNameSchema, addressSchema).transform((record) =>
        Object.entries(record).map(([channel, address]) => ({
          channel,
          address,
          verified: false,
          state: 'open' as const,
          rank: 1,
        })),
      ),
    ])
    .optional(),
  preferences: preferencesSchema.optional(),
})
/** Input of `recipients.upsert`; see {@link recipientInputSchema}. */
export type RecipientInput = z.input<typeof recipientInputSchema>
/** A {@link RecipientInput} after validation. */
export type RecipientDraft = z.output<typeof recipientInputSchema>

/** A stored person. */
export interface Recipient {
  readonly id: string
  readonly externalId: string
  readonly name: string | undefined
  readonly locale: string | undefined
  readonly zone: string | undefined
  readonly attributes: Readonly<Record<string, string | number | boolean | null>>
  readonly preferences: Preferences
  /** Best first. */
  readonly routes: readonly Route[]
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0
  } catch {
    return false
  }
}
