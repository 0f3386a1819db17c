import { z } from 'zod'
import { domainEventTypes, type DomainEventType } from './domain-event.ts'
import { lineSchema } from './recipient.ts'

/** Validates an endpoint to be told of events. */
export const webhookEndpointInputSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'it must be an address such as "https://example.org/hooks"' })
    .max(2_000),
  description: lineSchema.max(200).optional(),
  /** Default all. */
  types: z.array(z.enum(domainEventTypes)).min(1).max(domainEventTypes.length).readonly().optional(),
})
/** What a caller says of an endpoint. */
export type WebhookEndpointInput = z.input<typeof webhookEndpointInputSchema>

/** Validates changes of an endpoint. */
export const webhookEndpointUpdateSchema = webhookEndpointInputSchema
  .extend({
    description: webhookEndpointInputSchema.shape.description.unwrap().nullable(),
    /** `null`: all. */
    types: webhookEndpointInputSchema.shape.types.unwrap().nullable(),
    state: z.enum(['enabled', 'disabled']),
  })
  .partial()
/** What a caller changes of an endpoint; what is not given stays. */
export type WebhookEndpointUpdate = z.input<typeof webhookEndpointUpdateSchema>

/** Where somebody wants to be told of events, signed by Standard Webhooks. */
export interface WebhookEndpoint {
  readonly id: string
  readonly url: string
  readonly description: string | null
  /** `null`: all. */
  readonly types: readonly DomainEventType[] | null
  /** `disabled` after failures for days, or by hand; nothing is posted, and what happens meanwhile can be replayed. */
  readonly state: 'enabled' | 'disabled'
  readonly disabledReason: string | null
  /** Since when every post failed; `null` while it works. */
  readonly failingSince: Date | null
  readonly createdAt: Date
}

/** Secrets a post is signed with: the newest first, the one before it while it is being changed. */
export interface WebhookSecret {
  /** `whsec_…`, base64 of 32 bytes. */
  readonly secret: string
  /** Until when it signs too; `null` for the newest. */
  readonly validUntil: Date | null
}

/** One event on its way to one endpoint. */
export interface WebhookPosting {
  readonly id: string
  readonly endpointId: string
  /** Cursor of the event in the outbox; the `webhook-id` is made of it, the same with every try. */
  readonly cursor: number
  readonly type: DomainEventType
  readonly state: 'pending' | 'delivered' | 'failed'
  /** Tries made. */
  readonly tries: number
  readonly dueAt: Date | null
  readonly lastStatus: number | null
  /** Why the last try failed, in one line. */
  readonly lastError: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}
