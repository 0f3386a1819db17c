import type { SendOutcome } from '@invite-me/core/channel'
import type { ErrorMeaning, SmppOptions } from './options.ts'

/** A failure an operator reported, told apart from what got no answer. */
export type SmppFailure = Exclude<SendOutcome, { readonly status: 'accepted' | 'unknown' }>

/** Error codes of SMPP 3.4 §5.1.3 and, from 0x0100, of SMPP 5.0 §4.7.6, with what they mean for a message. */
const meaningOfCode: ReadonlyMap<number, ErrorMeaning> = new Map([
  // Too much: queue full, throttled
  [0x14, 'rate_limited'],
  [0x58, 'rate_limited'],
  // The recipient's address
  [0x0b, 'permanent_recipient'],
  // Another time perhaps: system error, already bound (an old link not yet given up), submitting failed, temporary error of an
  // application, delivery failure, unknown error, service not available
  [0x05, 'retryable'],
  [0x08, 'retryable'],
  [0x45, 'retryable'],
  [0x64, 'retryable'],
  [0xfe, 'retryable'],
  [0xff, 'retryable'],
  [0x102, 'retryable'],
  // The message itself: its length, coding, times or parameters, a final refusal
  [0x01, 'permanent_content'],
  [0x43, 'permanent_content'],
  [0x61, 'permanent_content'],
  [0x62, 'permanent_content'],
  [0x65, 'permanent_content'],
  [0x66, 'permanent_content'],
  [0xc0, 'permanent_content'],
  [0xc1, 'permanent_content'],
  [0xc2, 'permanent_content'],
  [0xc3, 'permanent_content'],
  [0xc4, 'permanent_content'],
  [0x101, 'permanent_content'],
  [0x104, 'permanent_content'],
  // Our account, our source, how we mark numbers
  [0x02, 'permanent_config'],
  [0x03, 'permanent_config'],
  [0x04, 'permanent_config'],
  [0x06, 'permanent_config'],
  [0x07, 'permanent_config'],
  [0x0a, 'permanent_config'],
  [0x0d, 'permanent_config'],
  [0x0e, 'permanent_config'],
  [0x0f, 'permanent_config'],
  [0x15, 'permanent_config'],
  [0x48, 'permanent_config'],
  [0x49, 'permanent_config'],
  [0x50, 'permanent_config'],
  [0x51, 'permanent_config'],
  [0x53, 'permanent_config'],
  [0x54, 'permanent_config'],
  [0x63, 'permanent_config'],
  [0x100, 'permanent_config'],
  [0x103, 'permanent_config'],
])

/** Codes by which the operator itself says that it is out of order, whatever is handed in. */
const ofOperator: ReadonlySet<number> = new Set([0x05, 0x08, 0x64, 0xff, 0x102])

/** What is needed to sort a code. */
type SortingOptions = Pick<SmppOptions, 'errorCodes' | 'throttlePauseMs'>

/** Sorts the code by which the operator refuses the login: whatever it means, nothing goes to anybody. */
export function classifyLoginError(code: number, options: SortingOptions): SmppFailure {
  const failure = classifySmppError(code, options)
  return failure.status === 'retryable' ? { ...failure, scope: 'provider' } : failure
}

/**
 * Sorts an error code of the operator; its own codes (0x0400 and above) mean what the options say, else that it may go
 * another time. Submitting and delivering also fail for a single bad number, and so may a code nobody explained mean one: these
 * speak of the message alone, or that number would stop the messages to everybody else.
 */
export function classifySmppError(
  code: number,
  { errorCodes, throttlePauseMs }: SortingOptions,
): SmppFailure {
  const own = Object.entries(errorCodes).find(([text]) => Number(text) === code)?.[1]
  const told = { providerCode: `0x${code.toString(16).padStart(4, '0')}` }
  const meaning = own ?? meaningOfCode.get(code) ?? 'retryable'
  switch (meaning) {
    case 'rate_limited':
      return {
        ...told,
        status: meaning,
        scope: 'sender',
        retryAfterMs: throttlePauseMs,
        detail: 'The operator says that it is too much.',
      }
    case 'permanent_recipient':
      return { ...told, status: meaning, scope: 'recipient', detail: 'The operator refuses this number.' }
    case 'opted_out':
      return {
        ...told,
        status: meaning,
        scope: 'recipient',
        detail: 'The operator says that this person wants no messages.',
      }
    case 'permanent_config':
      return {
        ...told,
        status: meaning,
        scope: 'sender',
        detail: 'The operator refuses the account or the source.',
      }
    case 'permanent_content':
      return { ...told, status: meaning, scope: 'message', detail: 'The operator refuses this message.' }
    case 'retryable':
      return ofOperator.has(code)
        ? { ...told, status: meaning, scope: 'provider', detail: 'The operator is out of order.' }
        : {
            ...told,
            status: meaning,
            scope: 'message',
            detail: 'The operator could not take this message now.',
          }
  }
}
