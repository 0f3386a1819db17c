import type { Lane } from './lane.ts'
import type { Plan } from './plan.ts'

/**
 * `planned → held → queued → sending → sent → delivered → read`; ends `failed`, `suppressed`, `expired`, `cancelled`.
 * `held` waits for the recipient's window.
 */
export type DeliveryState =
  | 'planned'
  | 'held'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'suppressed'
  | 'expired'
  | 'cancelled'

/** Why a delivery ended without arriving. */
export type DeliveryReason =
  | 'no_route'
  | 'not_rendered'
  | 'exhausted'
  | 'permanent'
  | 'deadline'
  | 'answered'
  | 'cancelled'
  | 'worker_crashes'
  | 'opted_out'

/** What falls due next: hand the message to a channel, or look whether the person must be reminded, asked elsewhere or given up. */
export type DeliveryStep = 'send' | 'follow_up'

/** One message on its way to one recipient (with routing `all`: on one route). This row is also the queue entry. */
export interface Delivery {
  readonly id: string
  readonly messageId: string
  readonly invitationId: string | null
  readonly recipientId: string | null
  readonly to: string
  readonly name: string | null
  readonly locale: string | null
  readonly state: DeliveryState
  readonly reason: DeliveryReason | null
  readonly lane: Lane
  readonly plan: Plan
  /** Index into `plan` of the route in use; -1 when none can be used. */
  readonly position: number
  readonly step: DeliveryStep
  /** When the step falls due; `null` when nothing is left to do. */
  readonly dueAt: Date | null
  /** Sends tried so far, over all routes; numbers the attempts. */
  readonly attempts: number
  /** Tries on the current route that count against its limit (rate limits and open circuits do not). */
  readonly tries: number
  /** First try on the current route. */
  readonly routeSince: Date | null
  /** When the current route was accepted by its provider. */
  readonly acceptedAt: Date | null
  /** First acceptance on any route; reminders count from here. */
  readonly firstAcceptedAt: Date | null
  readonly reminders: number
  /** True once a provider may have sent it without saying so; later attempts may then be duplicates. */
  readonly doubtful: boolean
  /** Times a worker died while sending it. */
  readonly crashes: number
  readonly createdAt: Date
  readonly updatedAt: Date
}
