import { z } from '@hono/zod-openapi'
import { contentAnswerSchema } from './message.ts'
import { idSchema, momentSchema } from './moment.ts'

/** The name of a template in a path. */
export const templateNameSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'the name of a template is lower-case words joined by hyphens')
  .openapi({ example: 'welcome-back' })

const source = z.string().min(1).max(20_000)
const parts = {
  subject: z.string().min(1).max(1_000).optional(),
  details: source.optional().openapi({ description: 'Longer text for mails and the page of the portal.' }),
} as const

const localeTexts = z
  .strictObject({
    text: source.openapi({ description: 'Liquid: `Hello {{ name }}!`' }),
    ...parts,
    channels: z
      .record(z.string().max(40), z.strictObject({ text: source.optional(), ...parts }))
      .optional()
      .openapi({ description: 'Other words for single channels, by their names.' }),
  })
  .openapi('LocaleTexts')

const texts = z.record(z.string().max(35), localeTexts).openapi({
  description: 'What is said, by locale (BCP 47).',
  example: { en: { text: 'Hello {{ name }}!' } },
})

/** Body of `PUT /v1/templates/{name}`. */
export const templateBodySchema = z
  .strictObject({
    texts,
    variables: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({
        description:
          'What the texts may name beside `name` and `recipient`: by name (`{ "city": "text" }`; text, number, boolean, date or list), or JSON Schema of an object.',
        example: { city: 'text' },
      }),
    category: z
      .string()
      .max(40)
      .regex(/^[a-z][a-z0-9-]*$/, 'a category is a lower-case word like "news"')
      .optional(),
    layout: templateNameSchema.optional().openapi({
      description: 'A template whose texts hold `{{ content }}`, into which this one is put.',
    }),
    description: z.string().max(2_000).optional(),
    syntax: z.enum(['liquid', 'percent']).optional().openapi({
      description: '`percent`: the texts name variables `%user_name%`. Default `liquid`.',
    }),
  })
  .openapi('TemplateBody', {
    example: {
      texts: { en: { text: 'Hello {{ name }}, dinner in {{ city }}?' } },
      variables: { city: 'text' },
    },
  })

/** One version of a template. */
export const templateSchema = z
  .strictObject({
    id: idSchema,
    name: z.string(),
    version: z.int(),
    texts,
    variables: z.record(z.string(), z.unknown()).openapi({ description: 'JSON Schema of each variable.' }),
    category: z.string().nullable(),
    layout: z.string().nullable(),
    description: z.string().nullable(),
    createdAt: momentSchema,
  })
  .openapi('Template')

const price = z.strictObject({
  amount: z.number().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency looks like "EUR"'),
})

/** Body of `POST /v1/templates/{name}/preview`. */
export const previewBodySchema = z
  .strictObject({
    version: z.int().min(1).max(1_000_000).optional(),
    to: z.string().min(1).max(2_000).optional().openapi({ description: '`externalId` of a person.' }),
    person: z
      .strictObject({
        name: z.string().max(200).optional(),
        zone: z.string().max(64).optional(),
        attributes: z
          .record(z.string().max(64), z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]))
          .optional(),
      })
      .optional()
      .openapi({ description: 'Somebody who need not exist.' }),
    channel: z.string().max(40).optional(),
    locale: z.string().min(1).max(35).optional(),
    variables: z.record(z.string(), z.unknown()).optional(),
    missingVariable: z.enum(['refuse', 'empty']).optional(),
    pricePerSegment: price.optional(),
  })
  .openapi('PreviewBody', { example: { to: 'sam', channel: 'twilio-sms', variables: { city: 'Bonn' } } })

/** A template filled in for one person. */
export const previewSchema = z
  .strictObject({
    name: z.string(),
    version: z.int(),
    locale: z.string(),
    channel: z.string().nullable(),
    subject: z.string().nullable(),
    text: z.string(),
    details: z.string().nullable(),
    length: z.int().openapi({ description: 'Characters of the text.' }),
    segments: z.int().nullable().openapi({ description: 'Text messages the text is sent as.' }),
    cost: price.nullable(),
  })
  .openapi('TemplatePreview')

/** The words one delivery was given. */
export const deliveryContentsSchema = z
  .strictObject({
    deliveryId: z.string(),
    contents: z.strictObject({
      common: contentAnswerSchema,
      channels: z.record(z.string(), contentAnswerSchema),
    }),
  })
  .openapi('DeliveryContents')
