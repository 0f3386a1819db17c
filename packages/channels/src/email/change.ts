import type { MessageEdit } from '@invite-me/core/channel'
import { partstatOfAnswer, type Partstat } from './calendar/partstat.ts'
import type { MailDraft } from './compose.ts'

/**
 * What a mail has to say so that an earlier one, and the entry it made in a calendar, are up to date.
 *
 * @returns undefined when the entry is right as it is: the answer says neither yes, no nor maybe
 */
export function changeOf({ notice, providerMessageId, reason }: MessageEdit): MailDraft['change'] {
  const earlier = { notice, inReplyTo: providerMessageId }
  switch (reason.kind) {
    case 'updated':
      return { ...earlier, kind: 'changed', calendar: {} }
    case 'answered': {
      const partstat: Partstat = reason.isDeclined ? 'DECLINED' : partstatOfAnswer(reason.value)
      return partstat === 'NEEDS-ACTION'
        ? undefined
        : { ...earlier, kind: 'answered', calendar: { partstat } }
    }
    case 'cancelled':
    case 'expired':
      return { ...earlier, kind: 'cancelled', calendar: { method: 'CANCEL' } }
  }
}
