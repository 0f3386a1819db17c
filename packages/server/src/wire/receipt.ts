import { outcomeClasses } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { idSchema, momentSchema } from './moment.ts'

/** A fact about an attempt or a delivery. */
export const receiptSchema = z
  .strictObject({
    id: idSchema,
    kind: z.enum([
      'accepted',
      'failed',
      'unknown',
      'delivered',
      'read',
      'bounced',
      'opted_out',
      'skipped',
      'gave_up_waiting',
      'reminder_due',
      'held',
      'no_route',
      'not_rendered',
      'exhausted',
      'suppressed',
      'expired',
      'cancelled',
      'answered',
      'revised',
      'answer_refused',
      'answer_unclear',
      'answer_late',
      'asked_back',
      'withdrawn',
      'proposed',
      'complained',
      'edited',
      'edit_failed',
    ]),
    at: momentSchema,
    messageId: z.string(),
    deliveryId: z.string().nullable(),
    invitationId: z.string().nullable(),
    recipientId: z.string().nullable(),
    attempt: z.int().nullable(),
    channel: z.string().nullable(),
    routeId: z.string().nullable(),
    outcome: z.enum(outcomeClasses).nullable(),
    scope: z.enum(['recipient', 'message', 'sender', 'provider']).nullable(),
    providerMessageId: z.string().nullable(),
    providerCode: z.string().nullable(),
    duplicatePossible: z.boolean(),
    detail: z.string().nullable(),
  })
  .openapi('Receipt')
