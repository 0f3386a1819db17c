import { z } from 'zod'
import { laneSchema } from './lane.ts'
import { channelNameSchema } from './route.ts'

/** Version of {@link workItemSchema}; a reader parks what has another. */
export const workItemVersion = 1

/**
 * One due delivery as it crosses machines: who, by which route, what comes after it. It names and does not tell: no address, no
 * text, since a broker is not where they belong. Whoever takes it claims the delivery in the store.
 */
export const workItemSchema = z.strictObject({
  version: z.literal(workItemVersion),
  deliveryId: z.string().min(1).max(64),
  messageId: z.string().min(1).max(64),
  /** `null` for a bare address. */
  recipientId: z.string().min(1).max(64).nullable(),
  /** The route to send on; `routeId` is `null` for a bare address. */
  route: z.strictObject({ channel: channelNameSchema, routeId: z.string().min(1).max(64).nullable() }),
  /** Channels still to be tried when this one fails, best first. */
  fallbacks: z.array(channelNameSchema).max(100),
  lane: laneSchema,
  /** 1 for the first try of this delivery. */
  attempt: z.number().int().min(1),
  /** ISO 8601. */
  dueAt: z.iso.datetime(),
  /** W3C Trace Context of the acceptance of the message, or of the handing over when it was of this message alone. */
  traceparent: z.string().max(64).nullable(),
})
/** See {@link workItemSchema}. */
export type WorkItem = z.infer<typeof workItemSchema>
