import { invitationStates, type SegmentFilter } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { idSchema, momentSchema } from './moment.ts'
import { pageQuery } from './page.ts'

/** A schema as the description has it. */
interface Written {
  readonly [extension: `x-${string}`]: unknown
  readonly type?: WrittenType | WrittenType[]
  readonly $ref?: string
  readonly description?: string
  readonly enum?: string[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly items?: Written
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Record<string, Written>
  readonly required?: string[]
  readonly additionalProperties?: boolean
}
type WrittenType = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object'

const text: Written = { type: 'string', maxLength: 2_000 }
const scalar: Written = { type: ['string', 'number', 'boolean', 'null'], maxLength: 2_000 }
const ordered: Written = { type: ['string', 'number'], maxLength: 2_000 }
const channel: Written = { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 40 }
const filters: Written = {
  type: 'array',
  items: { $ref: '#/components/schemas/SegmentFilter' },
  minItems: 1,
  maxItems: 100,
}

interface Described {
  readonly description: string
  readonly members: Record<string, Written>
  readonly required: readonly string[]
}

const attributeTests: Record<string, Written> = {
  is: scalar,
  isNot: scalar,
  in: { type: 'array', items: scalar, minItems: 1, maxItems: 100 },
  lessThan: ordered,
  atLeast: ordered,
  startsWith: text,
  exists: { type: 'boolean' },
}

/** What a filter may be; the engine reads it, and names the place of what is wrong. */
const forms: readonly Described[] = [
  { description: 'All of these hold.', members: { all: filters }, required: ['all'] },
  { description: 'At least one of these holds.', members: { any: filters }, required: ['any'] },
  {
    description: 'This does not hold.',
    members: { not: { $ref: '#/components/schemas/SegmentFilter' } },
    required: ['not'],
  },
  ...Object.entries(attributeTests).map(([test, schema]): Described => ({
    description: `An attribute: \`${test}\`. One that is missing, or of another type, passes \`isNot\` and \`exists: false\` alone.`,
    members: { attribute: { type: 'string', minLength: 1, maxLength: 64 }, [test]: schema },
    required: ['attribute', test],
  })),
  {
    description: 'The language: `pt` is also `pt-BR`. `null`: none is known.',
    members: { locale: { type: ['string', 'null'], maxLength: 50 } },
    required: ['locale'],
  },
  {
    description: 'The IANA zone. `null`: none is known.',
    members: { zone: { type: ['string', 'null'], maxLength: 64 } },
    required: ['zone'],
  },
  {
    description: 'An open route on this channel, at an address that is not suppressed.',
    members: { has: channel },
    required: ['has'],
  },
  {
    description:
      'Whether there is an open route on which the person gets this category, by their word or its default; with `channel` only there.',
    members: {
      category: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', maxLength: 40 },
      isOn: { type: 'boolean' },
      channel,
    },
    required: ['category', 'isOn'],
  },
  {
    description:
      'Asked by this message, and in `state`; default in one with an answer. With `value` the answer is it, or a list which has it.',
    members: {
      answered: {
        type: 'object',
        properties: {
          message: { type: 'string', minLength: 1, maxLength: 100 },
          value: { type: ['string', 'number', 'boolean'], maxLength: 2_000 },
          state: {
            type: 'string',
            enum: [...invitationStates],
          },
        },
        required: ['message'],
        additionalProperties: false,
      },
    },
    required: ['answered'],
  },
  {
    description: 'How the externalId begins.',
    members: {
      externalId: {
        type: 'object',
        properties: { startsWith: { ...text, minLength: 1 } },
        required: ['startsWith'],
        additionalProperties: false,
      },
    },
    required: ['externalId'],
  },
]

/** A filter of people. Its members are read by the engine. */
const segmentFilterSchema = z
  .custom<SegmentFilter>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'it must be an object such as { "attribute": "city", "is": "Berlin" }',
  })
  .openapi('SegmentFilter', {
    type: 'object',
    description: 'Conditions, joined by `all`, `any` and `not`; at most 8 deep, at most 100 conditions.',
    oneOf: forms.map(({ description, members, required }) => ({
      type: 'object' as const,
      description,
      properties: members,
      required: [...required],
      additionalProperties: false,
    })),
    example: { all: [{ attribute: 'city', is: 'Berlin' }, { not: { has: 'telegram' } }] },
  })

/** Body of `PUT /v1/segments/{name}`, and of questions about a filter that is not saved. */
export const filterBodySchema = z.strictObject({ filter: segmentFilterSchema }).openapi('FilterBody')

/** A filter under a name. */
export const segmentSchema = z
  .strictObject({
    id: idSchema,
    name: z.string().openapi({ example: 'berlin-vip' }),
    filter: segmentFilterSchema,
    createdAt: momentSchema,
    updatedAt: momentSchema,
  })
  .openapi('Segment')

/** How many people. */
export const segmentCountSchema = z.strictObject({ count: z.int() }).openapi('SegmentCount')

/** People a preview shows when the query does not say. */
export const previewLimit = 10

/** Members of the query of a preview. */
export const previewQuery = {
  ...pageQuery,
  limit: pageQuery.limit.openapi({ default: previewLimit, description: 'People of the page.' }),
} as const
