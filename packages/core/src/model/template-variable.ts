import { z } from 'zod'
import { InviteMeError } from './error.ts'

/** Types a variable may have in the short form: `{ city: 'text', guests: 'number' }`. */
export const variableTypes = ['text', 'number', 'boolean', 'date', 'list'] as const
/** See {@link variableTypes}. */
export type VariableType = (typeof variableTypes)[number]

/** What a variable may be: the part of JSON Schema that templates understand. */
export interface VariableSchema {
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object'
  /** Of a `string`: a day such as `2026-11-27`, or a moment with its offset such as `2026-11-27T18:00:00+01:00`. */
  readonly format?: 'date' | 'date-time'
  readonly title?: string
  readonly description?: string
  /** Taken when nobody gives a value. */
  readonly default?: unknown
  readonly enum?: readonly (string | number | boolean)[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  /** Of an `array`. */
  readonly items?: VariableSchema
  /** Of an `object`. */
  readonly properties?: Readonly<Record<string, VariableSchema>>
  /** Of an `object`: members that must be there. */
  readonly required?: readonly string[]
}

/** All variables of a template, by name. */
export type VariableSchemas = Readonly<Record<string, VariableSchema>>

/**
 * Variables as a host app says them: by name (`{ city: 'text' }`, `{ city: { type: 'text', default: 'Berlin' } }`), as JSON Schema
 * (`{ type: 'object', properties: … }`), or as a Zod object.
 */
export type VariablesInput =
  | z.ZodObject
  | { readonly type: 'object'; readonly properties: Readonly<Record<string, unknown>> }
  | Readonly<Record<string, VariableType | Readonly<Record<string, unknown>>>>

/** Names the engine itself gives a meaning. */
export const reservedVariables: readonly string[] = ['name', 'recipient', 'content', 'forloop']

/** Most variables one template has, and most members an object among them. */
const mostVariables = 100
const deepest = 4

const nameSchema = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'the name of a variable is a word like "city" or "order_total"')

const scalar = z.union([z.string().max(2_000), z.number(), z.boolean()])
const words = z.string().max(2_000)
const short: Readonly<Record<VariableType, Pick<VariableSchema, 'type' | 'format'>>> = {
  text: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date-time' },
  list: { type: 'array' },
}

/** What JSON Schema says beside the values themselves, or what says no more than `format` does. */
const unheeded = ['$schema', 'additionalProperties', 'examples', 'id', '$id'] as const

function variableSchemaOf(depth: number): z.ZodType<VariableSchema, unknown> {
  const inner =
    depth === 0
      ? z.never({ error: 'it is nested more than 4 deep' })
      : z.lazy(() => variableSchemaOf(depth - 1))
  return z.preprocess(
    simplified,
    z.strictObject({
      type: z.enum(['string', 'number', 'integer', 'boolean', 'array', 'object'], {
        error:
          'a variable is a text, number, boolean, date or list (string, integer, array and object in JSON Schema)',
      }),
      format: z
        .enum(['date', 'date-time'], { error: 'the known formats are "date" and "date-time"' })
        .optional(),
      title: words.optional(),
      description: words.optional(),
      default: z.json().optional(),
      enum: z.array(scalar).min(1).max(100).optional(),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      minLength: z.int().min(0).optional(),
      maxLength: z.int().min(0).optional(),
      items: inner.optional(),
      properties: z.record(nameSchema, inner).optional(),
      required: z.array(z.string()).max(mostVariables).optional(),
    }),
  ) as unknown as z.ZodType<VariableSchema, unknown>
}

function simplified(value: unknown): unknown {
  const long = typeof value === 'string' ? { type: value } : value
  if (typeof long !== 'object' || long === null || Array.isArray(long)) return long
  const rest: Record<string, unknown> = { ...long }
  for (const keyword of unheeded) delete rest[keyword]
  if (rest['format'] !== undefined) delete rest['pattern']
  const type = rest['type']
  return typeof type === 'string' && Object.hasOwn(short, type)
    ? { ...rest, ...short[type as VariableType] }
    : rest
}

/** Validates variables in their long form, and the short one of each. */
export const variableSchemasSchema: z.ZodType<VariableSchemas, unknown> = z
  .record(nameSchema, variableSchemaOf(deepest))
  .refine((all) => Object.keys(all).length <= mostVariables, 'a template has at most 100 variables')
  .refine(
    (all) => !Object.keys(all).some((name) => reservedVariables.includes(name)),
    `these names have a meaning of their own: ${reservedVariables.join(', ')}`,
  )

/**
 * Brings variables, however they were said, into the form they are kept in; not yet validated.
 * @throws InviteMeError `TEMPLATE_INVALID` for a Zod schema that is no object, or that JSON Schema has no words for
 */
export function plainVariables(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input
  const schema = '_zod' in input ? fromZod(input as unknown as z.ZodType) : (input as Record<string, unknown>)
  // Of variables by name none is both called "type" and is the word "object".
  return schema['type'] === 'object' ? (schema['properties'] ?? {}) : schema
}

function fromZod(schema: z.ZodType): Readonly<Record<string, unknown>> {
  const problem = (cause?: unknown) =>
    new InviteMeError(
      'TEMPLATE_INVALID',
      'The template was refused: "variables" is wrong: give a Zod object of texts, numbers, booleans, dates and lists.',
      { field: 'variables', cause },
    )
  let written: Record<string, unknown>
  try {
    written = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema._zod.def.type !== 'date') return
        jsonSchema.type = 'string'
        jsonSchema.format = 'date-time'
      },
    })
  } catch (cause) {
    throw problem(cause)
  }
  if (written['type'] !== 'object') throw problem()
  return written
}
