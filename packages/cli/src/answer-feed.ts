import type { DomainEvent, DomainEventType, InvitationRecord, InviteMe } from '@invite-me/core'
import { reportAnswer, type AnswerNews } from './report-answer.ts'
import type { Session } from './session.ts'

/** A feed at work. */
export interface AnswerFeed {
  /** Ends it once everything that has happened is printed. */
  end(): Promise<void>
}

/**
 * Prints every answer and every end of a question as it happens, in this process or another one, and says when something
 * came in that fits nothing.
 */
export function openAnswerFeed({ output }: Session, inviteMe: InviteMe): AnswerFeed {
  let printed: Promise<void> = Promise.resolve()
  const print = async (event: DomainEvent): Promise<void> => {
    const { type, invitationId, data } = event
    if (type === 'inbound.unmatched') {
      output.remark(
        `Something came in by ${String(data['channel'])} that fits no question: invite-me unmatched`,
      )
    } else if (invitationId !== null && newsTypes.has(type)) {
      const record = await inviteMe.invitations.get(invitationId)
      if (record !== undefined) reportAnswer(output, record, newsOf(event, record))
    }
  }
  const stopListening = inviteMe.on('*', (event) => {
    printed = printed
      .then(() => print(event))
      .catch(() => {
        output.warning('An answer could not be read; see it with: invite-me status')
      })
  })
  return {
    end: () => {
      stopListening()
      return printed
    },
  }
}

const newsTypes: ReadonlySet<DomainEventType> = new Set([
  'invitation.accepted',
  'invitation.declined',
  'invitation.answered',
  'invitation.revised',
  'invitation.withdrawn',
  'invitation.expired',
  'invitation.cancelled',
  'invitation.unreachable',
])

/** How the question stands now, which may be newer than the event. */
function newsOf({ at }: DomainEvent, record: InvitationRecord): AnswerNews {
  const { state, value, revision } = record
  switch (state) {
    case 'pending':
      return { kind: 'withdrawn', at }
    case 'accepted':
    case 'answered':
    case 'declined': {
      const kind = state === 'declined' ? 'declined' : 'answered'
      return { kind, value, via: record.via ?? 'unknown', at: record.answeredAt ?? at, revision }
    }
    case 'expired':
    case 'unreachable':
      return { kind: state, at: record.closedAt ?? at }
    case 'cancelled':
    case 'superseded':
      return { kind: 'cancelled', at: record.closedAt ?? at }
  }
}
