import { z } from 'zod'
import { channelNameSchema } from './route.ts'
import { lineSchema, zoneSchema } from './recipient.ts'

/** Validates how a template is to be looked at. */
export const previewOptionsSchema = z.strictObject({
  version: z.int().min(1).optional(),
  to: z.string().min(1).max(2_000).optional(),
  person: z
    .strictObject({
      name: lineSchema.optional(),
      zone: zoneSchema.optional(),
      attributes: z
        .record(z.string().max(64), z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]))
        .optional(),
    })
    .optional(),
  channel: channelNameSchema.optional(),
  locale: z.string().min(1).max(35).optional(),
  variables: z.record(z.string(), z.unknown()).default({}),
  missingVariable: z.enum(['refuse', 'empty']).optional(),
  pricePerSegment: z
    .strictObject({
      amount: z.number().min(0),
      currency: z.string().regex(/^[A-Z]{3}$/, 'a currency looks like "EUR"'),
    })
    .optional(),
})

/** {@link PreviewOptions} after validation. */
export type ReadPreviewOptions = z.output<typeof previewOptionsSchema>

/** How a template is to be looked at; all optional. */
export interface PreviewOptions {
  /** Default the newest. */
  readonly version?: number
  /** `externalId` of the person it is filled in for. */
  readonly to?: string
  /** Somebody who need not exist, instead of `to`. */
  readonly person?: {
    readonly name?: string
    readonly zone?: string
    readonly attributes?: Readonly<Record<string, string | number | boolean | null>>
  }
  /** Channel whose words and whose counting are used. */
  readonly channel?: string
  /** BCP 47; default the person's, else the workspace's. */
  readonly locale?: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly missingVariable?: 'refuse' | 'empty'
  /** What one segment of a text message costs. */
  readonly pricePerSegment?: { readonly amount: number; readonly currency: string }
}

/** A template filled in for one person. */
export interface TemplatePreview {
  readonly name: string
  readonly version: number
  /** Of the texts that were chosen. */
  readonly locale: string
  readonly channel: string | null
  readonly subject: string | null
  readonly text: string
  readonly details: string | null
  /** Characters of the text, as the limits of channels count them. */
  readonly length: number
  /** Text messages the text is sent as; `null` where the channel does not count so, or none is named. */
  readonly segments: number | null
  /** Of the segments, when their price was given. */
  readonly cost: { readonly amount: number; readonly currency: string } | null
}
