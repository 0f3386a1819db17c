import { z } from '@hono/zod-openapi'
import { answerInputSchema, answerSpecSchema } from './answer.ts'
import { invitationStateSchema } from './invitation.ts'
import { channelSchema, contentAnswerSchema, originatorAnswerSchema } from './message.ts'
import { idSchema, momentSchema, orNull } from './moment.ts'

/** Whose inbox; shared by all its routes. */
export const inboxQuery = {
  address: z.string().min(1).max(2_000).optional().openapi({
    description: "Whose inbox: the address of the in-app route. May be left out with a person's own token.",
    example: 'sam',
  }),
  channel: channelSchema.optional().openapi({ description: 'Default `in-app`.', example: 'in-app' }),
} as const

/** Which entries. */
export const onlySchema = z.enum(['unread', 'unacknowledged']).optional()

/** A message in an inbox, with its question and answer. */
export const inboxEntrySchema = z
  .strictObject({
    id: idSchema,
    address: z.string(),
    channel: z.string(),
    deliveryId: z.string(),
    messageId: z.string(),
    invitationId: z.string().nullable(),
    recipientId: z.string().nullable(),
    createdAt: momentSchema,
    readAt: momentSchema.nullable(),
    acknowledgedAt: momentSchema.nullable(),
    content: contentAnswerSchema,
    originator: originatorAnswerSchema.nullable(),
    category: z.string(),
    answer: orNull(answerSpecSchema),
    until: momentSchema.nullable(),
    invitation: z
      .strictObject({ state: invitationStateSchema, value: z.unknown(), revision: z.int() })
      .nullable(),
  })
  .openapi('InboxEntry')

/** Which entries to mark. */
export const markBodySchema = z
  .strictObject({
    ids: z.union([z.array(z.string().min(1).max(100)).min(1).max(1_000), z.literal('all')], {
      error: 'give a list of ids, or "all"',
    }),
  })
  .openapi('MarkBody')

/** How many entries changed. */
export const changedSchema = z.strictObject({ changed: z.int() }).openapi('Changed')

/** How many entries there are. */
export const countedSchema = z.strictObject({ count: z.int() }).openapi('Counted')

/** An answer to the question of an entry. */
export const answerBodySchema = z.strictObject({ input: answerInputSchema }).openapi('AnswerBody')
