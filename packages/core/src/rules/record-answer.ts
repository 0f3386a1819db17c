import { isAnswered, type InvitationRecord, type InvitationState } from '../model/invitation.ts'

/** A parsed answer on its way to an invitation. */
export interface ParsedStance {
  readonly value: unknown
  readonly stance: 'accepted' | 'declined' | 'answered'
}

/** What an understood answer does to an invitation. */
export type AnswerDecision =
  | { readonly kind: 'first' | 'revision'; readonly state: InvitationState; readonly revision: number }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'late'; readonly reason: 'expired' | 'cancelled' | 'superseded' | 'closed' }

/**
 * Decides whether an understood answer counts: the first one wins, later ones are revisions until the deadline, the same
 * answer again changes nothing, and after the end it is late. An `unreachable` invitation can still be answered: its
 * person may have seen a message whose provider said otherwise.
 */
export function decideAnswer(invitation: InvitationRecord, answer: ParsedStance, now: Date): AnswerDecision {
  if (invitation.until !== null && now >= invitation.until) return { kind: 'late', reason: 'expired' }
  switch (invitation.state) {
    case 'expired':
    case 'cancelled':
    case 'superseded':
      return { kind: 'late', reason: invitation.state }
    case 'pending':
    case 'unreachable':
      return { kind: 'first', state: answer.stance, revision: invitation.revision + 1 }
    case 'accepted':
    case 'declined':
    case 'answered':
      return sameValue(invitation.value, answer.value)
        ? { kind: 'repeated' }
        : { kind: 'revision', state: answer.stance, revision: invitation.revision + 1 }
  }
}

/** Why no answer counts any more; `undefined` while one does. */
export function closedReason(
  invitation: InvitationRecord,
  now: Date,
): 'expired' | 'cancelled' | 'superseded' | undefined {
  if (invitation.state === 'expired' || invitation.state === 'cancelled' || invitation.state === 'superseded')
    return invitation.state
  return invitation.until !== null && now >= invitation.until && !isAnswered(invitation.state)
    ? 'expired'
    : undefined
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
