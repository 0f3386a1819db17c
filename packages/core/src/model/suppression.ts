import { z } from 'zod'
import { categorySchema } from './preference.ts'
import { addressSchema } from './recipient.ts'
import { channelNameSchema } from './route.ts'

/** Why an address must not be written to: its owner said so, it is dead, they called us spam, or the host app decided. */
export const suppressionReasons = ['opted_out', 'bounced', 'complained', 'manual'] as const
/** See {@link suppressionReasons}. */
export type SuppressionReason = (typeof suppressionReasons)[number]

/**
 * By whom, and how, it is known: the person by a `link` in a message, by the `one-click` of a mail program, or by a `reply`;
 * the `provider`, which refused or took their word; the `host` app; a list that was an `import`; a `complaint` of the person to
 * their provider; `unknown` for what was written before this was kept.
 */
export const suppressionSources = [
  'link',
  'one-click',
  'reply',
  'provider',
  'host',
  'import',
  'complaint',
  'unknown',
] as const
/** See {@link suppressionSources}. */
export type SuppressionSource = (typeof suppressionSources)[number]

/** Why, since when, and by whose word an address must not be written to. */
export interface Suppression {
  /** Order of ids is order of writing. */
  readonly id: string
  readonly channel: string
  readonly address: string
  /** The category that is refused; `null`: everything. */
  readonly category: string | null
  readonly reason: SuppressionReason
  readonly source: SuppressionSource
  readonly at: Date
}

/**
 * An entry of a list of suppressions. Without a category everything is refused; default reason `opted_out`, default source
 * `import`, default time that of the import.
 */
export const suppressionInputSchema = z.strictObject({
  channel: channelNameSchema,
  address: addressSchema,
  category: categorySchema.nullish(),
  reason: z.enum(suppressionReasons).default('opted_out'),
  source: z.enum(suppressionSources).default('import'),
  at: z
    .union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))], {
      error: 'a moment looks like "2026-01-05T12:00:00Z"',
    })
    .optional(),
})
/** See {@link suppressionInputSchema}. */
export type SuppressionInput = z.input<typeof suppressionInputSchema>

/** Which suppressions are meant. */
export const suppressionFilterSchema = z.strictObject({
  channel: channelNameSchema.optional(),
  category: categorySchema.nullish(),
  reason: z.enum(suppressionReasons).optional(),
  source: z.enum(suppressionSources).optional(),
})
/** What is given must fit; `category: null` asks for those that refuse everything. */
export type SuppressionFilter = Readonly<z.input<typeof suppressionFilterSchema>>
