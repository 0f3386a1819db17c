import type { OutcomeClass, OutcomeScope } from './outcome.ts'

/** What a receipt tells; `accepted`, `failed` and `unknown` close an attempt, the others are facts about the delivery. */
export type ReceiptKind =
  | 'accepted'
  | 'failed'
  | 'unknown'
  | 'delivered'
  | 'read'
  | 'bounced'
  | 'opted_out'
  | 'skipped'
  | 'gave_up_waiting'
  | 'reminder_due'
  | 'held'
  | 'no_route'
  | 'not_rendered'
  | 'exhausted'
  | 'suppressed'
  | 'expired'
  | 'cancelled'
  | 'answered'
  | 'revised'
  | 'answer_refused'
  | 'answer_unclear'
  | 'answer_late'
  | 'asked_back'
  | 'withdrawn'
  | 'proposed'
  | 'complained'
  | 'edited'
  | 'edit_failed'

/** An append-only fact about an attempt or a delivery. Holds no address, no secret and no message text. */
export interface Receipt {
  readonly id: string
  readonly kind: ReceiptKind
  readonly at: Date
  readonly messageId: string
  readonly deliveryId: string | null
  readonly invitationId: string | null
  readonly recipientId: string | null
  /** Number of the attempt within its delivery, from 1. */
  readonly attempt: number | null
  readonly channel: string | null
  readonly routeId: string | null
  readonly outcome: OutcomeClass | null
  readonly scope: OutcomeScope | null
  readonly providerMessageId: string | null
  readonly providerCode: string | null
  /** True when the same message may have been sent twice by this attempt and an earlier one. */
  readonly duplicatePossible: boolean
  readonly detail: string | null
}
