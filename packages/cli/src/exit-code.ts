import type { ErrorCode } from '@invite-me/core/channel'

/** What a command ends with; part of the public interface, see docs/reference/cli.md. */
export const exitCodes = {
  /** Done, for everybody. */
  done: 0,
  /** The world is in the way: a file, a provider, a database, an id nobody knows. */
  failed: 1,
  /** What was typed or configured is wrong; repeating it gives the same. */
  usage: 2,
  /** Done, but not for everybody: somebody was unreachable, did not answer in time, or stood in a line that was refused. */
  partly: 3,
  /** Ended by SIGINT or SIGTERM; what was accepted is kept. */
  interrupted: 130,
} as const

/** One of the numbers of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const usageCodes: readonly ErrorCode[] = [
  'OPTIONS_INVALID',
  'REQUEST_INVALID',
  'CHANNEL_UNKNOWN',
  'ADDRESS_INVALID',
  'DEADLINE_PAST',
  'KEY_REUSED',
  'ANSWER_INVALID',
  'ANSWER_UNCLEAR',
]

/** Tells a caller's mistake from a broken world. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return usageCodes.includes(code) ? exitCodes.usage : exitCodes.failed
}
