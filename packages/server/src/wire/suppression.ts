import { z } from '@hono/zod-openapi'
import { channelSchema } from './message.ts'
import { idSchema, momentSchema } from './moment.ts'

const address = z.string().min(1, 'an address must not be empty').max(2_000)
/** A category as callers write it. */
export const categorySchema = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9-]*$/, 'a category is a lower-case word like "news"')
const reasonSchema = z.enum(['opted_out', 'bounced', 'complained', 'manual'])
const sourceSchema = z
  .enum(['link', 'one-click', 'reply', 'provider', 'host', 'import', 'complaint', 'unknown'])
  .openapi({
    description:
      'By whom, and how, it is known: the person by a `link`, the `one-click` of a mail program or a `reply`; the `provider`; the `host` app; an `import`; a `complaint`; `unknown` for what is older than this was kept.',
  })

/** An address that must not be written to. */
export const suppressionSchema = z
  .strictObject({
    id: idSchema,
    channel: z.string(),
    address: z.string(),
    category: z.string().nullable().openapi({ description: 'What is refused; null: everything.' }),
    reason: reasonSchema,
    source: sourceSchema,
    at: momentSchema,
  })
  .openapi('Suppression')

/** Body of the routes that write one. */
export const suppressionBodySchema = z
  .strictObject({
    channel: channelSchema,
    address,
    category: categorySchema.optional().openapi({ description: 'Only this kind; default everything.' }),
  })
  .openapi('SuppressionBody')

/** Query of the list. */
export const suppressionQuery = {
  channel: channelSchema.optional(),
  category: z
    .union([z.literal(''), categorySchema])
    .optional()
    .openapi({ description: 'Those of one category; an empty word: those that refuse everything.' }),
  reason: reasonSchema.optional(),
  source: sourceSchema.optional(),
} as const

/** What became of an import. */
export const suppressionReportSchema = z
  .strictObject({
    imported: z.int(),
    repeated: z.int().openapi({ description: 'Those that were suppressed before; they stay as they were.' }),
    problems: z
      .array(z.strictObject({ line: z.int(), field: z.string().optional(), message: z.string() }))
      .openapi({ description: 'Lines that were not taken; at most 10,000 are told.' }),
  })
  .openapi('SuppressionReport')
