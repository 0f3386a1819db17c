import { z } from '@hono/zod-openapi'
import { domainEventTypeSchema } from './domain-event.ts'
import { durationSchema, idSchema, momentSchema } from './moment.ts'

const url = z
  .url({ protocol: /^https?$/, error: 'it must be an address such as "https://example.org/hooks"' })
  .max(2_000)
  .openapi({ pattern: '^[Hh][Tt][Tt][Pp][Ss]?://.', example: 'https://example.org/hooks' })
const types = z.array(domainEventTypeSchema).min(1).max(100)
const state = z.enum(['enabled', 'disabled'])

/** Body of `POST /v1/webhooks`. */
export const webhookBodySchema = z
  .strictObject({
    url,
    description: z.string().max(200).optional(),
    types: types.optional().openapi({ description: 'Which events; default all.' }),
  })
  .openapi('WebhookBody', { example: { url: 'https://example.org/hooks', types: ['invitation.accepted'] } })

/** Body of `PATCH /v1/webhooks/{id}`. */
export const webhookChangesSchema = z
  .strictObject({
    url: url.optional(),
    description: z.string().max(200).nullable().optional(),
    types: types.nullable().optional().openapi({ description: '`null`: all.' }),
    state: state.optional().openapi({ description: '`enabled` begins anew after it was disabled.' }),
  })
  .openapi('WebhookChanges')

/** Where somebody wants to be told of events. */
export const webhookEndpointSchema = z
  .strictObject({
    id: idSchema,
    url: z.string(),
    description: z.string().nullable(),
    types: z.array(domainEventTypeSchema).nullable(),
    state,
    disabledReason: z.string().nullable(),
    failingSince: momentSchema.nullable(),
    createdAt: momentSchema,
  })
  .openapi('WebhookEndpoint')

/** A new endpoint with its secret. */
export const webhookMadeSchema = z
  .strictObject({
    endpoint: webhookEndpointSchema,
    secret: z.string().openapi({ description: 'Shown now and never again.', example: 'whsec_…' }),
  })
  .openapi('WebhookMade')

/** Body of `POST /v1/webhooks/{id}/rotate-secret`. */
export const rotateBodySchema = z
  .strictObject({
    keepFor: durationSchema.optional().openapi({
      description: 'How long the old secret signs beside the new one; default 24 hours.',
      example: '24h',
    }),
  })
  .openapi('RotateBody')

/** The new secret. */
export const rotatedSchema = z.strictObject({ secret: z.string() }).openapi('Rotated')

/** How a posting stands. */
export const postingStateSchema = z.enum(['pending', 'delivered', 'failed'])

/** One event on its way to one endpoint. */
export const webhookPostingSchema = z
  .strictObject({
    id: idSchema,
    endpointId: z.string(),
    cursor: z.int(),
    type: domainEventTypeSchema,
    state: postingStateSchema,
    tries: z.int(),
    dueAt: momentSchema.nullable(),
    lastStatus: z.int().nullable(),
    lastError: z.string().nullable(),
    createdAt: momentSchema,
    updatedAt: momentSchema,
  })
  .openapi('WebhookPosting')

/** Body of `POST /v1/webhooks/{id}/replay`. */
export const replayBodySchema = z
  .union(
    [
      z.strictObject({ ids: z.array(z.string().min(1).max(100)).min(1).max(1_000) }),
      z.strictObject({ since: z.iso.datetime({ offset: true }), state: postingStateSchema.optional() }),
    ],
    { error: 'give { ids: […] }, or { since: "2026-01-05T09:00:00Z", state: "failed" }' },
  )
  .openapi('ReplayBody', { example: { since: '2026-01-05T09:00:00Z', state: 'failed' } })

/** How many postings are posted again. */
export const replayedSchema = z.strictObject({ replayed: z.int() }).openapi('Replayed')
