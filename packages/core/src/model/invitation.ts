/**
 * `pending` waits for an answer · `accepted` a yes · `declined` a no · `answered` any other answer · `expired` the deadline
 * passed · `cancelled` by the sender · `superseded` by a newer one · `unreachable` no route was left.
 */
export type InvitationState =
  | 'pending'
  | 'accepted'
  | 'declined'
  | 'answered'
  | 'expired'
  | 'cancelled'
  | 'superseded'
  | 'unreachable'

/** The states that hold an answer; it may still be revised until the deadline. */
export const answeredStates = [
  'accepted',
  'declined',
  'answered',
] as const satisfies readonly InvitationState[]

/** True when the invitation holds an answer. */
export function isAnswered(state: InvitationState): boolean {
  return (answeredStates as readonly InvitationState[]).includes(state)
}

/** A message that wants an answer from one person, as stored. */
export interface InvitationRecord {
  readonly id: string
  readonly messageId: string
  readonly recipientId: string | null
  /** What the sender wrote as recipient: an externalId or a bare address; names the person in lists. */
  readonly to: string
  readonly name: string | null
  readonly locale: string | null
  readonly state: InvitationState
  /** 0 while unanswered, then the number of the answer that counts. */
  readonly revision: number
  /** The answer's parsed value; `null` while unanswered. */
  readonly value: unknown
  /** Channel or `portal` the answer that counts came by. */
  readonly via: string | null
  readonly answeredAt: Date | null
  readonly until: Date | null
  readonly createdAt: Date
  readonly closedAt: Date | null
}

/** What `invitation.answer()` resolves to; `value` is typed by the question's answer type. */
export type InvitationResult<Value> =
  | {
      readonly kind: 'answered'
      readonly value: Value
      readonly via: string
      readonly at: Date
      readonly revision: number
    }
  | {
      readonly kind: 'declined'
      readonly value: Value
      readonly via: string
      readonly at: Date
      readonly revision: number
    }
  | { readonly kind: 'expired'; readonly at: Date }
  | { readonly kind: 'unreachable'; readonly at: Date }
  | { readonly kind: 'cancelled'; readonly at: Date }
