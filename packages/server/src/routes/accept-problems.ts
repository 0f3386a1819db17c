import type { ErrorCode } from '@invite-me/core'

/** What can be wrong with a message that is to be accepted, a notice or a question. */
export const acceptProblems: readonly ErrorCode[] = [
  'RECIPIENT_UNKNOWN',
  'KEY_REUSED',
  'CHANNEL_UNKNOWN',
  'ADDRESS_INVALID',
  'DEADLINE_PAST',
  'TEMPLATE_UNKNOWN',
  'TEMPLATE_INVALID',
  'TEMPLATE_VARIABLE_MISSING',
  'RESOLVER_FAILED',
  'STOPPED',
]
