import { z } from '@hono/zod-openapi'

const optionSchema = z.strictObject({ value: z.string().min(1).max(64), label: z.string().min(1).max(100) })

/** The wanted answer of a question, as plain data; what may be left out has the default of the embedded engine. */
export const answerSpecSchema = z
  .discriminatedUnion(
    'type',
    [
      z.strictObject({ type: z.literal('yesNo') }),
      z.strictObject({
        type: z.literal('choice'),
        options: z.array(optionSchema).min(2, 'a poll needs at least two options').max(50),
        multiple: z.boolean().default(false),
      }),
      z.strictObject({ type: z.literal('text'), maxLength: z.int().min(1).max(10_000).default(2_000) }),
      z.strictObject({
        type: z.literal('number'),
        min: z.number().optional(),
        max: z.number().optional(),
        integer: z.boolean().default(false),
      }),
      z.strictObject({
        type: z.literal('date'),
        earliest: z.iso.date().optional(),
        latest: z.iso.date().optional(),
      }),
      z.strictObject({ type: z.literal('rsvp'), maxParty: z.int().min(1).max(100).default(10) }),
      z.strictObject({
        type: z.literal('form'),
        schema: z.record(z.string(), z.unknown()).openapi({ description: 'A JSON Schema of an object.' }),
      }),
    ],
    { error: 'its "type" is one of yesNo, choice, text, number, date, rsvp, form' },
  )
  .openapi('AnswerSpec', { example: { type: 'yesNo' } })

/** What came back from a person, before it is understood. */
export const answerInputSchema = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('text'), text: z.string().max(20_000) }),
      z.strictObject({ kind: z.literal('option'), value: z.string().max(100) }),
      z.strictObject({
        kind: z.literal('fields'),
        fields: z.record(z.string(), z.array(z.string().max(20_000)).max(100)),
      }),
      z.strictObject({ kind: z.literal('value'), value: z.unknown() }),
    ],
    { error: 'its "kind" is one of text, option, fields, value' },
  )
  .openapi('AnswerInput', { example: { kind: 'value', value: true } })
