import type { Log } from '@invite-me/core'

/** Tells troubles on standard error, where nobody gave another place. */
export const standardErrorLog: Log = {
  warn: (message, fields) => console.warn(message, fields ?? ''),
  error: (message, fields) => console.error(message, fields ?? ''),
}
