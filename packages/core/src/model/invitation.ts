/**
 * `pending` waits for an answer · `accepted` a yes · `declined` a no · `answered` any other answer · `expired` the deadline
 * passed · `cancelled` by the sender · `superseded` by a newer one · `unreachable` no route was left.
 */
export const invitationStates = [
  'pending',
  'accepted',
  'declined',
  'answered',
  'expired',
  'cancelled',
  'superseded',
  'unreachable',
] as const
/** See {@link invitationStates}. */
export type InvitationState = (typeof invitationStates)[number]

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

/** The result of an invitation that has one; `undefined` while it waits. */
export function resultOf(invitation: InvitationRecord): InvitationResult<unknown> | undefined {
  const at = invitation.closedAt ?? invitation.createdAt
  switch (invitation.state) {
    case 'pending':
      return undefined
    case 'accepted':
    case 'answered':
    case 'declined': {
      const kind = invitation.state === 'declined' ? 'declined' : 'answered'
      return {
        kind,
        value: invitation.value,
        via: invitation.via ?? 'unknown',
        at: invitation.answeredAt ?? at,
        revision: invitation.revision,
      }
    }
    case 'expired':
      return { kind: 'expired', at }
    case 'unreachable':
      return { kind: 'unreachable', at }
    case 'cancelled':
    case 'superseded':
      return { kind: 'cancelled', at }
  }
}

/** True when nothing more can happen to an invitation: an answer may be revised until the deadline. */
export function isFinal({ state, until }: InvitationRecord, nowMs: number): boolean {
  if (state === 'pending') return false
  return !isAnswered(state) || until === null || nowMs >= until.getTime()
}
