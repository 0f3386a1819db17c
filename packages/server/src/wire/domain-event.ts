import { domainEventTypes } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { momentSchema } from './moment.ts'

/** The types of events. */
export const domainEventTypeSchema = z.enum(domainEventTypes).openapi('DomainEventType')

/** Members of every event, for schemas that have more. */
export const domainEventMembers = {
  cursor: z.int().openapi({ format: 'int64' }),
  type: domainEventTypeSchema,
  at: momentSchema,
  messageId: z.string().nullable(),
  deliveryId: z.string().nullable(),
  invitationId: z.string().nullable(),
  recipientId: z.string().nullable(),
  topic: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
} as const

/** A fact of the outbox. */
export const domainEventSchema = z.strictObject(domainEventMembers).openapi('DomainEvent')

/** A page of events. They go on, so there is always a place to read on from. */
export const eventPageSchema = z.strictObject({
  items: z.array(domainEventSchema).max(1_000),
  next: z.string().openapi({ description: '`after` of the next page; also of an empty one.' }),
})
