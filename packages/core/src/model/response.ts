/**
 * `counted` it is the answer or a revision of it · `repeated` the same answer again · `refused` the wrong type, with a hint ·
 * `unclear` not understood, kept for a human · `late` after the deadline or a final end · `withdrawn` an answer taken back ·
 * `proposed` a wish instead of an answer.
 */
export type ResponseStatus =
  | 'counted'
  | 'repeated'
  | 'refused'
  | 'unclear'
  | 'late'
  | 'withdrawn'
  | 'proposed'

/** One answer as it came, whatever became of it. Append-only. */
export interface ResponseRecord {
  readonly id: string
  readonly invitationId: string
  readonly deliveryId: string | null
  readonly status: ResponseStatus
  /** Number of the answer, from 1, when it counted; else `null`. */
  readonly revision: number | null
  /** Parsed value when it counted; else what was received, cut to 2,000 characters. */
  readonly value: unknown
  /** Channel name, `portal` or `api`. */
  readonly via: string
  /** True when something about it asks for care: another sender than the one invited. */
  readonly provisional: boolean
  readonly at: Date
}

/** What the one who answered is told at once. */
export type ResponseReceipt =
  | {
      readonly status: 'counted' | 'repeated'
      readonly invitationId: string
      readonly value: unknown
      readonly revision: number
      readonly changeableUntil: Date | null
    }
  | { readonly status: 'refused' | 'unclear'; readonly invitationId: string; readonly hint: string }
  | {
      readonly status: 'late'
      readonly invitationId: string
      readonly reason: 'expired' | 'cancelled' | 'superseded' | 'closed'
    }
