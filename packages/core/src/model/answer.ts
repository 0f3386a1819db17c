import { z } from 'zod'

const label = z.string().trim().min(1).max(100)

const optionSchema = z.object({ value: z.string().min(1).max(64), label })

/** One thing that can be chosen: `value` is what the host app gets, `label` what the person reads. */
export type AnswerOption = Readonly<z.infer<typeof optionSchema>>

/**
 * The question's expected answer as plain data, so that any process, any channel and any later version can render
 * and parse it. Stored with the message.
 */
export const answerSpecSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('yesNo') }),
  z.object({
    type: z.literal('choice'),
    options: z
      .array(optionSchema)
      .min(2, 'a poll needs at least two options')
      .max(50)
      .refine(
        (options) => new Set(options.map((option) => option.value)).size === options.length,
        'two options have the same value',
      ),
    multiple: z.boolean(),
  }),
  z.object({ type: z.literal('text'), maxLength: z.number().int().min(1).max(10_000) }),
  z.object({
    type: z.literal('number'),
    min: z.number().optional(),
    max: z.number().optional(),
    integer: z.boolean(),
  }),
  z.object({ type: z.literal('date'), earliest: z.iso.date().optional(), latest: z.iso.date().optional() }),
  z.object({ type: z.literal('rsvp'), maxParty: z.number().int().min(1).max(100) }),
  z.object({ type: z.literal('form'), schema: z.record(z.string(), z.unknown()) }),
])
/** See {@link answerSpecSchema}. */
export type AnswerSpec = z.infer<typeof answerSpecSchema>
/** The names of the answer types: `yesNo`, `choice`, `text`, `number`, `date`, `rsvp`, `form`. */
export type AnswerKind = AnswerSpec['type']

/** The value of an `rsvp` answer; `party` counts the person too and is 0 when they do not come. */
export interface Rsvp {
  readonly coming: 'yes' | 'no' | 'maybe'
  readonly party: number
}

declare const valueOf: unique symbol

/** An expected answer whose parsed value has type `Value`; made by {@link yesNo}, {@link choice} and the others. */
export interface AnswerType<Value> {
  readonly spec: AnswerSpec
  readonly [valueOf]?: Value
}

/** Expects yes or no. The value is `true` or `false`; "no" counts as declined. */
export function yesNo(): AnswerType<boolean> {
  return { spec: { type: 'yesNo' } }
}

/** How {@link choice} is asked. */
export interface ChoiceOptions {
  /** Lets a person pick several (a poll with checkboxes); the value is then an array, in the order of the options. */
  readonly multiple?: boolean
}

/**
 * Expects one of the options, or several with `{ multiple: true }`.
 *
 * @param options at least two; a plain string is both value and label
 */
export function choice<const Value extends string>(
  options: readonly (Value | { readonly value: Value; readonly label: string })[],
  settings: { readonly multiple: true },
): AnswerType<readonly Value[]>
export function choice<const Value extends string>(
  options: readonly (Value | { readonly value: Value; readonly label: string })[],
  settings?: { readonly multiple?: false },
): AnswerType<Value>
export function choice(
  options: readonly (string | AnswerOption)[],
  settings: ChoiceOptions = {},
): AnswerType<unknown> {
  const full = options.map((option) =>
    typeof option === 'string' ? { value: option, label: option } : option,
  )
  return { spec: { type: 'choice', options: full, multiple: settings.multiple ?? false } }
}

/** Expects free text of 1 to `maxLength` characters (default 2,000). */
export function text(settings: { readonly maxLength?: number } = {}): AnswerType<string> {
  return { spec: { type: 'text', maxLength: settings.maxLength ?? 2_000 } }
}

/** Expects a number, optionally whole and within `min` and `max` (both included). */
export function number(
  settings: { readonly min?: number; readonly max?: number; readonly integer?: boolean } = {},
): AnswerType<number> {
  const { integer = false, ...range } = settings
  return { spec: { type: 'number', integer, ...range } }
}

/** Expects a calendar date; the value is `YYYY-MM-DD`, without a zone. */
export function date(
  settings: { readonly earliest?: string; readonly latest?: string } = {},
): AnswerType<string> {
  return { spec: { type: 'date', ...settings } }
}

/** Expects yes, no or maybe, with the size of the party (at most `maxParty`, default 10). "no" counts as declined. */
export function rsvp(settings: { readonly maxParty?: number } = {}): AnswerType<Rsvp> {
  return { spec: { type: 'rsvp', maxParty: settings.maxParty ?? 10 } }
}

/**
 * Expects a filled-in form, described by a Zod object; answered on the portal page.
 * The schema travels as JSON Schema, so transforms and custom refinements do not.
 */
export function form<Schema extends z.ZodObject>(schema: Schema): AnswerType<z.infer<Schema>> {
  return { spec: { type: 'form', schema: z.toJSONSchema(schema) } }
}

/** What came back from a person, before it is understood. */
export type AnswerInput =
  /** Words they wrote: a reply by e-mail, SMS or chat. */
  | { readonly kind: 'text'; readonly text: string }
  /** A button they pressed: `yes`, `no`, `maybe` or an option's value. */
  | { readonly kind: 'option'; readonly value: string }
  /** A web form they sent; every field as the browser posts it. */
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, readonly string[]>> }
  /** A typed value from code or the command line. */
  | { readonly kind: 'value'; readonly value: unknown }

/** Checks an {@link AnswerInput} that comes from outside the types: a request's body, a program in JavaScript. */
export const answerInputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('option'), value: z.string() }),
  z.object({ kind: z.literal('fields'), fields: z.record(z.string(), z.array(z.string())) }),
  z.object({ kind: z.literal('value'), value: z.unknown() }),
])
