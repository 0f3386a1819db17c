import type { Departure } from './mail-transport.ts'
import { classifySmtpFailure, type FailedOutcome, type SmtpPhase } from './outcome.ts'

const phaseByCommand: readonly (readonly [RegExp, SmtpPhase])[] = [
  [/^AUTH/, 'login'],
  [/^MAIL/, 'sender'],
  [/^RCPT/, 'recipient'],
  [/^DATA/, 'data'],
]

/** Reads the library's error. Its message is not passed on: it repeats addresses and what the server wrote. */
export function describeFailure(error: unknown, { isOut }: Departure): FailedOutcome {
  const { code, command, originalCode, response } = Object(error) as Readonly<Record<string, unknown>>
  const errorCode = [originalCode, code].find(
    (value) => typeof value === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(value),
  )
  const phase = phaseByCommand.find(([pattern]) => pattern.test(String(command)))?.[1] ?? 'connect'
  // What a server says out of turn is no answer to the message.
  const hasReply = typeof response === 'string' && !(code === 'EPROTOCOL' && isOut)
  return classifySmtpFailure({
    phase,
    isMessageOut: isOut,
    ...(hasReply ? { reply: response } : {}),
    ...(typeof errorCode === 'string' ? { errorCode } : {}),
  })
}
