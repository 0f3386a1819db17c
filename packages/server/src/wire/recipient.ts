import { z } from '@hono/zod-openapi'
import { deliverySchema } from './delivery.ts'
import { invitationSchema, responseSchema } from './invitation.ts'
import { channelSchema, messageSchema } from './message.ts'
import { durationSchema, idSchema, momentSchema } from './moment.ts'
import { deliveryContentsSchema } from './template.ts'
import { receiptSchema } from './receipt.ts'
import { categorySchema, suppressionSchema } from './suppression.ts'

const address = z.string().min(1, 'an address must not be empty').max(2_000)
const routeStateSchema = z.enum(['open', 'opted_out', 'bounced', 'blocked']).openapi('RouteState')

const routeInput = z.strictObject({
  channel: channelSchema,
  address,
  verified: z.boolean().optional(),
  state: routeStateSchema.optional(),
  rank: z.int().min(1).max(1_000).optional(),
})

const attributes = z.record(
  z.string().max(64),
  z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()], {
    error: 'an attribute is a text, a number, true, false or null',
  }),
)

const off = z
  .strictObject({ channel: channelSchema.optional(), category: categorySchema.optional() })
  .openapi({ minProperties: 1, description: 'A channel, a category, or the two together.' })

const on = z.strictObject({ category: categorySchema, channel: channelSchema.optional() }).openapi({
  description: 'A category, everywhere or on one channel.',
})

const wallTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, {
  error: 'a time of day looks like "09:00"; "24:00" is the end of the day',
})
const span = z.strictObject({ from: wallTime, to: wallTime })
const days = z.partialRecord(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), z.array(span).max(10))
const windowOf = (everyDay: boolean) =>
  z
    .union(everyDay ? [z.literal('any'), span, days] : [z.literal('any'), days], {
      error: 'give "any", { from: "09:00", to: "21:00" }, or hours for days such as { mon: [{ from, to }] }',
    })
    .openapi({
      description:
        'The hours in which a person wants to be written to, by their own clock; the default is the workspace\u2019s.',
      example: { mon: [{ from: '18:00', to: '22:00' }] },
    })

/** Body of `PUT /v1/recipients/{externalId}`: a person without their id, which is in the path. */
export const recipientBodySchema = z
  .strictObject({
    externalId: z
      .string()
      .max(200)
      .optional()
      .openapi({ description: 'May be repeated; the one in the path counts.' }),
    name: z.string().max(200).optional(),
    locale: z.string().max(35).optional().openapi({ example: 'pt-BR' }),
    zone: z.string().max(64).optional().openapi({ example: 'Europe/Berlin' }),
    attributes: attributes.optional(),
    routes: z
      .union([z.array(routeInput).max(50), z.record(channelSchema, address)], {
        error: 'routes are { email: "…" }, or a list of { channel, address }, best first',
      })
      .optional()
      .openapi({ example: { email: 'sam@guests.test' } }),
    preferences: z
      .strictObject({
        order: z.array(channelSchema).max(50).optional(),
        off: z.array(off).max(200).optional(),
        on: z.array(on).max(200).optional(),
        window: windowOf(true).optional(),
      })
      .optional(),
  })
  .openapi('RecipientBody')

/** A person. */
export const recipientSchema = z
  .strictObject({
    id: idSchema,
    externalId: z.string(),
    name: z.string().optional(),
    locale: z.string().optional(),
    zone: z.string().optional(),
    attributes,
    preferences: z.strictObject({
      order: z.array(z.string()),
      off: z.array(off),
      on: z.array(on).optional(),
      window: windowOf(false).optional(),
    }),
    routes: z
      .array(
        z.strictObject({
          id: idSchema,
          channel: z.string(),
          address: z.string(),
          rank: z.int(),
          verified: z.boolean(),
          state: routeStateSchema,
        }),
      )
      .openapi({ description: 'Best first.' }),
  })
  .openapi('Recipient')

/** Body of `PUT /v1/recipients/{externalId}/preferences`. */
export const preferencesBodySchema = z
  .strictObject({
    order: z.array(channelSchema).max(50).optional(),
    off: z.array(off).max(200).optional(),
    on: z.array(on).max(200).optional(),
    window: windowOf(true).nullable().optional(),
    zone: z.string().max(64).nullable().optional().openapi({ example: 'Europe/Berlin' }),
  })
  .openapi('PreferencesBody')

/** What a person wants. */
export const personPreferencesSchema = z
  .strictObject({
    order: z.array(z.string()).openapi({ description: 'Channels, best first; others follow.' }),
    off: z.array(off),
    on: z.array(on),
    window: windowOf(false).optional(),
    zone: z.string().optional(),
  })
  .openapi('PersonPreferences')

/** Body of `POST /v1/recipients/{externalId}/preferences/link`. */
export const preferencesLinkBodySchema = z
  .strictObject({ expiresIn: durationSchema.optional() })
  .openapi('PreferencesLinkBody')

/** The address of a person's page of preferences. */
export const preferencesAddressSchema = z
  .strictObject({ url: z.string(), expiresAt: momentSchema })
  .openapi('PreferencesAddress')

/** Everything kept about one person. */
export const recipientExportSchema = z
  .strictObject({
    recipient: recipientSchema,
    suppressions: z.array(suppressionSchema),
    messages: z.array(messageSchema),
    deliveries: z.array(deliverySchema),
    invitations: z.array(invitationSchema),
    responses: z.array(responseSchema),
    receipts: z.array(receiptSchema),
    contents: z.array(deliveryContentsSchema),
  })
  .openapi('RecipientExport')

/** What became of an import. */
export const importReportSchema = z
  .strictObject({
    imported: z.int(),
    repeated: z.int().openapi({ description: 'Records whose externalId came before; the later one won.' }),
    problems: z
      .array(z.strictObject({ line: z.int(), field: z.string().optional(), message: z.string() }))
      .openapi({ description: 'Lines that were not taken; at most 10,000 are told.' }),
  })
  .openapi('ImportReport')

/** Body of `POST /v1/recipients/{externalId}/connect`. */
export const connectBodySchema = z
  .strictObject({ channel: channelSchema, expiresIn: durationSchema.optional() })
  .openapi('ConnectBody')

/** An address by which a person connects a medium to their profile. */
export const connectAddressSchema = z
  .strictObject({ url: z.string(), expiresAt: momentSchema })
  .openapi('ConnectAddress')

/** Body of `POST /v1/recipients/{externalId}/token`. */
export const tokenBodySchema = z
  .strictObject({
    expiresIn: durationSchema
      .optional()
      .openapi({ description: 'At most 24 hours; default one.', example: '1h' }),
    topics: z
      .array(
        z
          .string()
          .max(200)
          .regex(/^(group|event):[^\s\p{Cc}\p{Cs}]{1,128}$/u, 'a topic looks like "group:7" or "event:42"'),
      )
      .max(100)
      .optional()
      .openapi({ description: 'Topics they may follow beside their own.', example: ['group:7'] }),
  })
  .openapi('TokenBody')

/** A person's own token. */
export const recipientTokenSchema = z
  .strictObject({ token: z.string(), expiresAt: momentSchema })
  .openapi('RecipientToken')
