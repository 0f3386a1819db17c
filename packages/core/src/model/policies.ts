import { z } from 'zod'
import { deliveryWindowSchema } from './delivery-window.ts'
import { durationSchema } from './duration.ts'
import { categorySchema } from './preference.ts'

const positive = z.number().int().min(1)

/**
 * The engine's choices, each with its default. Durations are milliseconds or text such as `'30m'`.
 * The letters are those of the project's design: P1 routing, P2 capability, P4 urgency, P5 window against deadline, P8 address check.
 */
export const policiesSchema = z.strictObject({
  /** P1: one route after another, or every open route at once. */
  routing: z.enum(['fallback', 'all']).default('fallback'),
  /** P2: whether a link makes a text route able to carry any answer. */
  capability: z.enum(['link', 'native']).default('link'),
  /** P8: take any address and record what happens, refuse impossible ones at the door, or use only verified routes. */
  addressCheck: z.enum(['tryAndRecord', 'syntax', 'verifiedOnly']).default('tryAndRecord'),
  /** Categories nobody can switch off; `categories` may say otherwise of one. */
  requiredCategories: z.array(categorySchema).default(['verification', 'security']),
  /** P4: categories that are sent at any hour unless the message, or `categories`, says otherwise; all others wait for the person's window. */
  immediateCategories: z.array(categorySchema).default(['verification', 'security', 'live-event']),
  /** Hours of people who named none, by their own clock. */
  window: deliveryWindowSchema.prefault({ from: '09:00', to: '21:00' }),
  /** People whose zone is not known: written to at any hour, or in the hours of the workspace's own `zone`. */
  unknownZone: z.enum(['anyHour', 'workspace']).default('anyHour'),
  /** P5: whether what cannot wait for the window until its deadline is sent outside it, or not at all. */
  deliverBy: z.enum(['break', 'expire']).default('break'),
  /** When a template names a value that is missing for somebody: they are not written to, or it is left out. */
  missingVariable: z.enum(['refuse', 'empty']).default('refuse'),
  /** What to do when a provider may or may not have sent a message. */
  onUnknown: z.enum(['resend', 'assume-sent']).default('resend'),
  retry: z
    .strictObject({
      firstMs: durationSchema.default(1_000),
      factor: z.number().min(1).max(10).default(2),
      mostMs: durationSchema.default(300_000),
      tries: positive.max(100).default(8),
      withinMs: durationSchema.default(1_800_000),
      /** Longest time a message waits on a route whose provider refuses everybody (rate limit, wrong credentials, outage) when no other route is left. */
      outageMs: durationSchema.default(86_400_000),
    })
    .prefault({}),
  circuit: z
    .strictObject({
      failures: positive.max(1_000).default(5),
      pauseMs: durationSchema.default(5_000),
      mostMs: durationSchema.default(120_000),
    })
    .prefault({}),
  /** Times a worker may die with a message in hand before the message is given up. */
  crashes: positive.max(100).default(10),
  /** How long answer links work when the message has no deadline. */
  linkLifeMs: durationSchema.default(30 * 86_400_000),
})
/** The choices with defaults filled in. */
export type Policies = z.output<typeof policiesSchema>
/** The choices as a host app writes them; every part may be left out. */
export type PoliciesInput = z.input<typeof policiesSchema>
