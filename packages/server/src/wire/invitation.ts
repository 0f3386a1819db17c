import { invitationStates } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { idSchema, momentSchema } from './moment.ts'

/** The states of an invitation. */
export const invitationStateSchema = z.enum(invitationStates).openapi('InvitationState')

/** A message that wants an answer from one person. */
export const invitationSchema = z
  .strictObject({
    id: idSchema,
    messageId: z.string(),
    recipientId: z.string().nullable(),
    to: z.string(),
    name: z.string().nullable(),
    locale: z.string().nullable(),
    state: invitationStateSchema,
    revision: z.int(),
    value: z.unknown().openapi({ description: "The answer's value; null while unanswered." }),
    via: z.string().nullable(),
    answeredAt: momentSchema.nullable(),
    until: momentSchema.nullable(),
    createdAt: momentSchema,
    closedAt: momentSchema.nullable(),
  })
  .openapi('Invitation')

const answer = { value: z.unknown(), via: z.string(), at: momentSchema, revision: z.int() }

/** How an invitation ended, or was answered. */
export const invitationResultSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('answered'), ...answer }),
    z.strictObject({ kind: z.literal('declined'), ...answer }),
    z.strictObject({ kind: z.literal('expired'), at: momentSchema }),
    z.strictObject({ kind: z.literal('unreachable'), at: momentSchema }),
    z.strictObject({ kind: z.literal('cancelled'), at: momentSchema }),
  ])
  .openapi('InvitationResult')

/** One answer as it came. */
export const responseSchema = z
  .strictObject({
    id: idSchema,
    invitationId: z.string(),
    deliveryId: z.string().nullable(),
    status: z.enum(['counted', 'repeated', 'refused', 'unclear', 'late', 'withdrawn', 'proposed']),
    revision: z.int().nullable(),
    value: z.unknown(),
    via: z.string(),
    provisional: z.boolean(),
    at: momentSchema,
  })
  .openapi('Response')

/** What the one who answered is told. */
export const responseReceiptSchema = z
  .union([
    z.strictObject({
      status: z.enum(['counted', 'repeated']),
      invitationId: z.string(),
      value: z.unknown(),
      revision: z.int(),
      changeableUntil: momentSchema.nullable(),
    }),
    z.strictObject({ status: z.enum(['refused', 'unclear']), invitationId: z.string(), hint: z.string() }),
    z.strictObject({
      status: z.literal('late'),
      invitationId: z.string(),
      reason: z.enum(['expired', 'cancelled', 'superseded', 'closed']),
    }),
  ])
  .openapi('ResponseReceipt')
