import type { Next } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { answerSpecSchema } from './answer.ts'
import { durationSchema, idSchema, momentSchema, orNull } from './moment.ts'
import { quorumInputSchema } from './tally.ts'

/** A channel's name. */
export const channelSchema = z
  .string()
  .max(40)
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'a channel name is lower-case words joined by hyphens, like "twilio-sms"',
  )
  .openapi({ example: 'email' })

const address = z.string().min(1, 'an address must not be empty').max(2_000)
const line = z.string().min(1).max(200)

const toSchema = z
  .union(
    [
      address,
      z.strictObject({
        name: z.string().max(200).optional(),
        locale: z.string().max(35).optional(),
        routes: z.record(channelSchema, address),
      }),
    ],
    { error: 'name an externalId, an address, or { name, routes: { email: … } }' },
  )
  .openapi('To', { example: 'sam' })

/** To whom: one, or a list. */
export const toOneOrManySchema = z
  .union([toSchema, z.array(toSchema).min(1, 'name at least one recipient').max(100_000)], {
    error: 'name an externalId, an address, { name, routes: { email: … } }, or a list of them',
  })
  .openapi({ example: 'sam' })

const calendarInstant = z.iso.datetime({
  offset: true,
  error: 'give a time with its offset such as "2026-11-27T20:00:00+01:00"',
})

/** A calendar entry in a body. */
export const calendarInputSchema = z
  .strictObject({
    start: calendarInstant,
    end: calendarInstant.optional(),
    summary: line.optional(),
    location: line.optional(),
    url: z.string().max(2_000).optional().openapi({ format: 'uri' }),
  })
  .openapi('CalendarInput')

const text = z.string().min(1, 'the text must not be empty').max(20_000)
const contentInput = z.strictObject({
  subject: line.optional(),
  text,
  details: text.optional(),
  calendar: calendarInputSchema.optional(),
})

const templatedInput = z.strictObject({
  template: z
    .string()
    .max(64)
    .regex(
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      'the name of a template is lower-case words joined by hyphens, like "welcome-back"',
    ),
  version: z.int().min(1).max(1_000_000).optional().openapi({ description: 'Default the newest.' }),
  variables: z.record(z.string(), z.unknown()).optional().openapi({ description: 'Values for everybody.' }),
  missingVariable: z.enum(['refuse', 'empty']).optional().openapi({
    description: 'When a value is missing for somebody: they are not written to, or it is left out.',
  }),
  calendar: calendarInputSchema.optional(),
})

/** What is said: the text, its parts, or a template with its variables. */
export const contentInputSchema = z
  .union([text, contentInput, templatedInput], {
    error: 'give the text, { text, subject, details, calendar }, or { template, variables }',
  })
  .openapi('ContentInput', { example: 'Dinner on Friday at 8?' })

const nextSchema = z
  .strictObject({
    unlessAccepted: z.literal(true).optional(),
    unlessDelivered: durationSchema.optional(),
    unlessSeen: durationSchema.optional(),
    unlessAnswered: durationSchema.optional(),
  })
  .refine(
    (next) => Object.keys(next).length === 1,
    'name exactly one of unlessAccepted, unlessDelivered, unlessSeen, unlessAnswered',
  )
  .transform((next) => next as Next)
  .openapi('Next', { minProperties: 1, maxProperties: 1, example: { unlessAnswered: '30m' } })

const originatorSchema = z.strictObject({ name: line, details: z.string().min(1).max(2_000).optional() })

/** Members notices and questions share. */
export const messageOptions = {
  via: z
    .array(z.union([channelSchema, z.strictObject({ channel: channelSchema, next: nextSchema.optional() })]))
    .min(1, 'via must name at least one channel')
    .max(20)
    .optional()
    .openapi({
      description: "Channels to use, best first; default the person's own order, then the workspace's.",
    }),
  next: nextSchema.optional(),
  routing: z.enum(['fallback', 'all']).optional(),
  until: z.string().min(1).max(100).optional().openapi({
    description: 'The deadline: a moment, or a length of time from now.',
    example: '2d',
  }),
  key: z.string().min(1).max(200).optional().openapi({
    description: 'Idempotency key, kept for ever; the same as the header `Idempotency-Key`.',
  }),
  category: z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9-]*$/, 'a category is a lower-case word like "news"')
    .optional(),
  lane: z
    .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5), z.literal(6)], {
      error: 'a lane is 1 to 6',
    })
    .optional()
    .openapi({ description: 'Priority, 1 first.' }),
  from: originatorSchema.optional(),
  onUnknown: z.enum(['resend', 'assume-sent']).optional(),
  urgency: z.enum(['immediate', 'window']).optional().openapi({
    description: "`immediate`: at any hour; `window`: in each person's hours. Default by the category.",
  }),
  deliverBy: z.enum(['break', 'expire']).optional().openapi({
    description: "When a person's hours begin only after the deadline: send all the same, or not at all.",
  }),
} as const

/** Body of `POST /v1/messages`. */
export const sendBodySchema = z
  .strictObject({
    to: toOneOrManySchema,
    content: contentInputSchema,
    ...messageOptions,
    mode: z.enum(['queued', 'inline']).default('queued').openapi({
      description:
        '`inline` waits up to 30 s until each delivery is sent or ended; for at most 100 recipients.',
    }),
  })
  .openapi('SendBody')

/** Body of `POST /v1/invitations`. */
export const askBodySchema = z
  .strictObject({
    to: toOneOrManySchema,
    question: contentInputSchema,
    answer: answerSpecSchema,
    ...messageOptions,
    remind: z.array(durationSchema).max(10).optional(),
    capability: z.enum(['link', 'native']).optional(),
    quorum: quorumInputSchema.optional(),
  })
  .openapi('AskBody')

const contentSchema = z.strictObject({
  subject: z.string().optional(),
  text: z.string(),
  details: z.string().optional(),
  calendar: z
    .strictObject({
      start: z.string().openapi({ format: 'date-time' }),
      end: z.string().openapi({ format: 'date-time' }),
      summary: z.string().optional(),
      location: z.string().optional(),
      url: z.string().optional(),
    })
    .optional(),
  template: z
    .strictObject({ name: z.string(), version: z.int() })
    .optional()
    .openapi({ description: 'Of a message made of a template, whose own text `text` then is.' }),
})

/** What was said, in an answer. */
export const contentAnswerSchema = contentSchema.openapi('Content')
/** Who asked, in an answer. */
export const originatorAnswerSchema = z.strictObject({ name: z.string(), details: z.string().optional() })
/** Priority class. */
export const laneSchema = z.union([
  z.literal(1),
  z.literal(2),
  z.literal(3),
  z.literal(4),
  z.literal(5),
  z.literal(6),
])

/** A stored message. */
export const messageSchema = z
  .strictObject({
    id: idSchema,
    content: contentAnswerSchema,
    category: z.string(),
    lane: laneSchema,
    routing: z.enum(['fallback', 'all']),
    answer: orNull(answerSpecSchema),
    originator: originatorAnswerSchema.nullable(),
    onUnknown: z.enum(['resend', 'assume-sent']),
    urgency: z.enum(['immediate', 'window']),
    deliverBy: z.enum(['break', 'expire']),
    remindersMs: z.array(z.number()),
    until: momentSchema.nullable(),
    key: z.string().nullable(),
    trace: z.string().nullable(),
    createdAt: momentSchema,
  })
  .openapi('Message')
