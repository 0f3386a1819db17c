import { z } from 'zod'
import { InviteMeError } from './error.ts'
import { invitationStates } from './invitation.ts'
import { parseInput } from './parse.ts'
import { categorySchema } from './preference.ts'
import { zoneSchema } from './recipient.ts'
import { channelNameSchema } from './route.ts'

/** Deepest nesting of a filter, counting the outermost as 1. */
export const maxFilterDepth = 8
/** Most conditions of a filter, however nested. */
export const maxFilterConditions = 100
/** Most values one condition compares with. */
const maxFilterValues = 100

/** Text that any database can hold and compare. */
const textSchema = z
  .string()
  .max(2_000, 'a text has at most 2,000 characters')
  .regex(/^[^\0\p{Cs}]*$/u, 'it must not contain the character NUL or half of a surrogate pair')

const scalarSchema = z.union([textSchema, z.number(), z.boolean(), z.null()], {
  error: 'it must be a text, a number, true, false or null',
})
const orderedSchema = z.union([textSchema, z.number()], { error: 'it must be a text or a number' })

const tests = ['is', 'isNot', 'in', 'lessThan', 'atLeast', 'startsWith', 'exists'] as const

const attributeSchema = z
  .strictObject({
    attribute: z
      .string()
      .min(1, 'name an attribute')
      .max(64, 'the name of an attribute has at most 64 characters')
      .regex(
        /^[^"\\\p{Cc}\p{Cs}]*$/u,
        'attributes with quotation marks, backslashes or control characters in their name cannot be filtered by',
      ),
    is: scalarSchema.optional(),
    isNot: scalarSchema.optional(),
    in: z.array(scalarSchema).min(1).max(maxFilterValues).readonly().optional(),
    lessThan: orderedSchema.optional(),
    atLeast: orderedSchema.optional(),
    startsWith: textSchema.optional(),
    exists: z.boolean().optional(),
  })
  .refine((condition) => tests.filter((test) => condition[test] !== undefined).length === 1, {
    error: `say exactly one of ${tests.join(', ')}`,
  })

const localeSchema = z.strictObject({
  locale: z
    .string()
    .max(50)
    .regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/, 'a locale looks like "en" or "pt-BR"')
    .nullable(),
})

const zoneConditionSchema = z.strictObject({ zone: zoneSchema.nullable() })

const hasSchema = z.strictObject({ has: channelNameSchema })

const categoryConditionSchema = z.strictObject({
  category: categorySchema,
  isOn: z.boolean(),
  channel: channelNameSchema.optional(),
})

const answeredSchema = z.strictObject({
  answered: z.strictObject({
    message: z.string().min(1).max(100),
    value: z
      .union([textSchema, z.number(), z.boolean()], { error: 'it must be a text, a number, true or false' })
      .optional(),
    state: z.enum(invitationStates).optional(),
  }),
})

const externalIdConditionSchema = z.strictObject({
  externalId: z.strictObject({ startsWith: textSchema.min(1, 'say what it starts with') }),
})

/** A value of an attribute, of which each type is compared with its own alone. */
export type AttributeValue = string | number | boolean | null

/**
 * What an attribute is. Exactly one test. One that is missing, or of another type than what it is compared with, passes `isNot`
 * and `exists: false`, and no other. Text is in order of its code points, so dates in ISO 8601 of one form are in order of time.
 */
export type AttributeCondition = z.infer<typeof attributeSchema>
/** The language: `pt` is also `pt-BR`, in any case of letters. `null`: none is known. */
export type LocaleCondition = z.infer<typeof localeSchema>
/** The IANA zone, in any case of letters. `null`: none is known. */
export type ZoneCondition = z.infer<typeof zoneConditionSchema>
/** An open route on this channel, at an address that is not suppressed. */
export type HasCondition = z.infer<typeof hasSchema>
/** Whether there is an open route, not suppressed, on which the person gets this category, by their word or its default; with `channel` only there. */
export type CategoryCondition = z.infer<typeof categoryConditionSchema>
/**
 * Asked by this message, and in `state`; default in one of those with an answer. With `value` the answer is that value, or a list
 * which has it.
 */
export type AnsweredCondition = z.infer<typeof answeredSchema>
/** How the externalId begins, letter by letter. */
export type ExternalIdCondition = z.infer<typeof externalIdConditionSchema>

/** One thing that is asked of a person. */
export type SegmentCondition =
  | AttributeCondition
  | LocaleCondition
  | ZoneCondition
  | HasCondition
  | CategoryCondition
  | AnsweredCondition
  | ExternalIdCondition

/**
 * Whom a segment is of, as plain JSON: conditions, joined by `all`, `any` and `not`; at most 8 deep, at most 100 conditions.
 *
 * @example { all: [{ attribute: 'city', is: 'Berlin' }, { not: { has: 'telegram' } }] }
 */
export type SegmentFilter =
  | { readonly all: readonly SegmentFilter[] }
  | { readonly any: readonly SegmentFilter[] }
  | { readonly not: SegmentFilter }
  | SegmentCondition

/** By the member a condition is known by. */
const conditionSchemas = {
  attribute: attributeSchema,
  locale: localeSchema,
  zone: zoneConditionSchema,
  has: hasSchema,
  category: categoryConditionSchema,
  answered: answeredSchema,
  externalId: externalIdConditionSchema,
} as const satisfies Readonly<Record<string, z.ZodType<SegmentCondition>>>

const kinds = ['all', 'any', 'not', ...Object.keys(conditionSchemas)] as const

const what = 'The filter was refused'

/**
 * Reads a filter as a caller wrote it.
 *
 * @param field its name, for the error
 * @throws InviteMeError `REQUEST_INVALID` naming the place, `filter.all.1.attribute`
 */
export function readSegmentFilter(value: unknown, field = 'filter'): SegmentFilter {
  let conditions = 0
  const read = (part: unknown, path: string, depth: number): SegmentFilter => {
    if (typeof part !== 'object' || part === null || Array.isArray(part))
      throw refused(path, `it must be an object with one of ${kinds.join(', ')}`)
    if (depth > maxFilterDepth) throw refused(path, 'it is nested more than 8 deep')
    const given = kinds.filter((kind) => Object.hasOwn(part, kind))
    const [kind] = given
    if (kind === undefined || given.length > 1)
      throw refused(path, `it must have exactly one of ${kinds.join(', ')}`)
    if (kind === 'not') {
      const { not } = onlyMember(part as { readonly not: unknown }, kind, path)
      return { not: read(not, `${path}.not`, depth + 1) }
    }
    if (kind === 'all' || kind === 'any') {
      const list = onlyMember(part as Readonly<Record<string, unknown>>, kind, path)[kind]
      if (!Array.isArray(list) || list.length === 0)
        throw refused(`${path}.${kind}`, 'it must be a list of at least one filter')
      // Refused before it is walked through: what is too long for its conditions alone.
      if (list.length > maxFilterConditions) throw refused(`${path}.${kind}`, tooMany)
      const members = list.map((member: unknown, index) =>
        read(member, `${path}.${kind}.${String(index)}`, depth + 1),
      )
      return kind === 'all' ? { all: members } : { any: members }
    }
    conditions += 1
    if (conditions > maxFilterConditions) throw refused(path, tooMany)
    const schema: z.ZodType<SegmentCondition> = conditionSchemas[kind as keyof typeof conditionSchemas]
    return parseInput(schema, part, { code: 'REQUEST_INVALID', path, what })
  }
  return read(value, field, 1)
}

const tooMany = 'a filter has at most 100 conditions'

function onlyMember<Part extends object>(part: Part, kind: string, path: string): Part {
  const other = Object.keys(part).find((name) => name !== kind)
  if (other !== undefined) throw refused(`${path}.${other}`, 'there is no such option')
  return part
}

function refused(field: string, problem: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `${what}: "${field}" is wrong: ${problem}.`, { field })
}

/** Name of a segment, `berlin-vip`: lower-case words or numbers joined by hyphens. */
export const segmentNameSchema = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    'the name of a segment is lower-case words joined by hyphens, like "berlin-vip"',
  )
  .max(64, 'the name of a segment has at most 64 characters')

/** A filter that is kept under a name. Who is in it is found out anew each time. */
export interface Segment {
  readonly id: string
  readonly name: string
  readonly filter: SegmentFilter
  readonly createdAt: Date
  readonly updatedAt: Date
}
