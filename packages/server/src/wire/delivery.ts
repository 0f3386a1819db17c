import { z } from '@hono/zod-openapi'
import { laneSchema } from './message.ts'
import { idSchema, momentSchema } from './moment.ts'

/** The states of a delivery. */
export const deliveryStateSchema = z
  .enum([
    'planned',
    'held',
    'queued',
    'sending',
    'sent',
    'delivered',
    'read',
    'failed',
    'suppressed',
    'expired',
    'cancelled',
  ])
  .openapi('DeliveryState')

const routeInPlan = { channel: z.string(), routeId: z.string().nullable(), address: z.string() }

const plannedRouteSchema = z
  .discriminatedUnion('use', [
    z.strictObject({
      ...routeInPlan,
      use: z.literal(true),
      reason: z.enum(['carries_the_answer', 'answer_by_link', 'needs_no_answer']),
      next: z.strictObject({
        unless: z.enum(['accepted', 'delivered', 'seen', 'answered']),
        withinMs: z.number().nullable(),
      }),
      requested: z.literal(true).optional(),
    }),
    z.strictObject({
      ...routeInPlan,
      use: z.literal(false),
      reason: z.enum([
        'not_requested',
        'adapter_unavailable',
        'cannot_carry_the_answer',
        'opted_out',
        'suppressed',
        'bounced',
        'blocked',
        'channel_switched_off',
        'category_switched_off',
        'category_not_switched_on',
        'address_invalid',
        'not_verified',
      ]),
    }),
  ])
  .openapi('PlannedRoute')

/** One message on its way to one recipient. */
export const deliverySchema = z
  .strictObject({
    id: idSchema,
    messageId: z.string(),
    invitationId: z.string().nullable(),
    recipientId: z.string().nullable(),
    to: z.string(),
    name: z.string().nullable(),
    locale: z.string().nullable(),
    state: deliveryStateSchema,
    reason: z
      .enum([
        'no_route',
        'not_rendered',
        'exhausted',
        'permanent',
        'deadline',
        'answered',
        'cancelled',
        'worker_crashes',
        'opted_out',
      ])
      .nullable(),
    lane: laneSchema,
    plan: z.array(plannedRouteSchema).openapi({ description: 'Routes, best first.' }),
    position: z.int(),
    step: z.enum(['send', 'follow_up']),
    dueAt: momentSchema.nullable(),
    attempts: z.int(),
    tries: z.int(),
    routeSince: momentSchema.nullable(),
    acceptedAt: momentSchema.nullable(),
    firstAcceptedAt: momentSchema.nullable(),
    reminders: z.int(),
    doubtful: z.boolean(),
    crashes: z.int(),
    createdAt: momentSchema,
    updatedAt: momentSchema,
  })
  .openapi('Delivery')

/** What waits in one lane of one channel. */
export const backlogSchema = z
  .strictObject({
    channel: z.string().openapi({ description: "Empty for the engine's own chores." }),
    lane: laneSchema,
    due: z.int(),
    later: z.int(),
    oldestDueAt: momentSchema.nullable(),
  })
  .openapi('Backlog')

/** How many deliveries are in each state. */
export const deliveryCountsSchema = z
  .strictObject({
    planned: z.int().optional(),
    held: z.int().optional(),
    queued: z.int().optional(),
    sending: z.int().optional(),
    sent: z.int().optional(),
    delivered: z.int().optional(),
    read: z.int().optional(),
    failed: z.int().optional(),
    suppressed: z.int().optional(),
    expired: z.int().optional(),
    cancelled: z.int().optional(),
  })
  .openapi('DeliveryCounts')
