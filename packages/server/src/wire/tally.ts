import { z } from '@hono/zod-openapi'
import { invitationStateSchema } from './invitation.ts'
import { idSchema, momentSchema } from './moment.ts'

const count = z.int().min(0)
const numbers = {
  count,
  sum: z.number().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
} as const
const valueCount = z.strictObject({
  value: z.union([z.string(), z.number(), z.boolean()]),
  label: z.string(),
  count,
})

/** Which answers count towards a quorum. */
export const quorumOfSchema = z.union([z.string().min(1).max(100), z.boolean()]).openapi({
  description:
    '`accepted` a yes, `answered` any answer, or a value: an option, true or false, `maybe`, a date. Default a yes where there is one, else any answer.',
})

/** How many answers are enough, and what happens then. */
export const quorumInputSchema = z
  .strictObject({
    count: z.int().min(1).max(100_000),
    of: quorumOfSchema.optional(),
    onReached: z.enum(['close', 'tell']).openapi({
      description:
        '`tell` announces `question.quorum_reached`; `close` also calls the question off for all who have not answered.',
    }),
  })
  .openapi('Quorum', { example: { count: 4, onReached: 'close' } })

/** A quorum and how far it is. */
export const quorumStandingSchema = z
  .strictObject({
    count: z.int(),
    of: z.union([z.string(), z.boolean()]),
    onReached: z.enum(['close', 'tell']),
    counted: z.int(),
    reachedAt: momentSchema.nullable(),
  })
  .openapi('QuorumStanding')

/** The answers that count, by the type of the question. */
export const answerTallySchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('yesNo'), yes: count, no: count }),
    z.strictObject({ type: z.literal('choice'), multiple: z.boolean(), options: z.array(valueCount) }),
    z.strictObject({ type: z.literal('number'), ...numbers }),
    z.strictObject({
      type: z.literal('rsvp'),
      yes: count,
      no: count,
      maybe: count,
      heads: count,
      maybeHeads: count,
    }),
    z.strictObject({
      type: z.literal('date'),
      dates: z.array(z.strictObject({ value: z.string(), count })),
      others: count,
    }),
    z.strictObject({ type: z.literal('text'), count }),
    z.strictObject({
      type: z.literal('form'),
      fields: z.record(
        z.string(),
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('number'), ...numbers }),
          z.strictObject({ kind: z.literal('options'), options: z.array(valueCount) }),
          z.strictObject({ kind: z.literal('text'), count }),
        ]),
      ),
    }),
  ])
  .openapi('AnswerTally')

/** How a question to many stands, at one moment. */
export const tallySchema = z
  .strictObject({
    messageId: idSchema,
    asked: count,
    states: z.record(invitationStateSchema, count),
    answered: count,
    answers: answerTallySchema,
    quorum: quorumStandingSchema.nullable(),
  })
  .openapi('Tally')

/** A tally with a text that changes with it. */
export const versionedTallySchema = z
  .strictObject({
    version: z.string().openapi({ description: 'Give it as `since` to wait for the next change.' }),
    tally: tallySchema,
  })
  .openapi('VersionedTally')

const counted = z.int()

/** Whether a quorum is reached. */
export const quorumResultSchema = z
  .discriminatedUnion('reached', [
    z.strictObject({ reached: z.literal(true), counted }),
    z.strictObject({
      reached: z.literal(false),
      counted,
      why: z.enum(['too_few_left', 'called_off']),
    }),
  ])
  .openapi('QuorumResult')
