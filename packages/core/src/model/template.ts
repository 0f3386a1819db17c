import { z } from 'zod'
import { categorySchema } from './preference.ts'
import { channelNameSchema } from './route.ts'
import { variableSchemasSchema, type VariableSchemas, type VariablesInput } from './template-variable.ts'

/** A template's name: lower-case words joined by hyphens. */
export const templateNameSchema = z
  .string()
  .max(64)
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'the name of a template is lower-case words joined by hyphens, like "welcome-back"',
  )

/** Most characters one text of a template has before it is filled in. */
export const maxSourceLength = 20_000
/** Most characters all texts of one version have together. */
const maxTotalLength = 400_000

const source = z
  .string()
  .refine((text) => text.trim() !== '', 'the text must not be empty')
  .refine((text) => text.length <= maxSourceLength, 'the text has at most 20,000 characters')

const partsShape = { subject: source.max(1_000).optional(), details: source.optional() }
const localeSchema = z
  .string()
  .max(35)
  .regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8})*$/, 'a locale looks like "en" or "pt-BR"')

const localeTextsSchema = z.strictObject({
  text: source,
  ...partsShape,
  /** Other words for single channels; what is not given there is as for all. */
  channels: z
    .record(channelNameSchema, z.strictObject({ text: source.optional(), ...partsShape }))
    .optional(),
})

/** The texts of one locale: `text` is filled in for every channel that has none of its own. */
export type LocaleTexts = z.infer<typeof localeTextsSchema>
/** One text each of what is said; the same parts as a message's content has. */
export interface TemplateParts {
  readonly text: string
  readonly subject?: string | undefined
  readonly details?: string | undefined
}

/** Validates a template that is to be saved; `variables` in the form they are kept in. */
export const templateInputSchema = z.strictObject({
  texts: z
    .record(localeSchema, localeTextsSchema)
    .refine((texts) => Object.keys(texts).length > 0, 'give the text of at least one locale')
    .refine((texts) => Object.keys(texts).length <= 100, 'a template has at most 100 locales')
    .refine(
      (texts) => JSON.stringify(texts).length <= maxTotalLength,
      'all texts together have at most 400,000 characters',
    ),
  variables: variableSchemasSchema.default({}),
  category: categorySchema.optional(),
  layout: templateNameSchema.optional(),
  description: z.string().max(2_000).optional(),
  syntax: z.enum(['liquid', 'percent']).default('liquid'),
})

/** A template as a host app saves it. */
export interface TemplateInput {
  /** What is said, by locale (BCP 47): `{ en: { text: 'Hello {{ name }}' } }`. */
  readonly texts: Readonly<Record<string, LocaleTextsInput>>
  /** What the texts may name beside `name` and `recipient`; whatever else they name is refused. */
  readonly variables?: VariablesInput
  /** Category of messages made of it when they say none. */
  readonly category?: string
  /** Name of a template whose texts hold `{{ content }}`, into which this one is put. */
  readonly layout?: string
  /** A note for those who look after it. */
  readonly description?: string
  /** `percent`: the texts name variables `%user_name%`; they are kept as `{{ user_name }}`. Default `liquid`. */
  readonly syntax?: 'liquid' | 'percent'
}

/** The texts of one locale as they are saved. */
export interface LocaleTextsInput {
  readonly text: string
  readonly subject?: string
  /** Longer text for mails and the page of the portal. */
  readonly details?: string
  /** Other words for single channels, by their names. */
  readonly channels?: Readonly<
    Record<string, { readonly text?: string; readonly subject?: string; readonly details?: string }>
  >
}

/** One version of a template. It never changes; saving under the same name makes the next one. */
export interface Template {
  readonly id: string
  readonly name: string
  /** 1 for the first. */
  readonly version: number
  readonly texts: Readonly<Record<string, LocaleTexts>>
  readonly variables: VariableSchemas
  readonly category: string | null
  readonly layout: string | null
  readonly description: string | null
  readonly createdAt: Date
}

/** Which version a message was made of. */
export interface TemplateMark {
  readonly name: string
  readonly version: number
}
