import type { ErrorCode } from '@invite-me/core'

/** What can be wrong with a message that is to be accepted, a notice or a question. */
export const acceptProblems: readonly ErrorCode[] = [
  'RECIPIENT_UNKNOWN',
  'KEY_REUSED',
  'CHANNEL_UNKNOWN',
  'ADDRESS_INVALID',
  'DEADLINE_PAST',
  'STOPPED',
]
