import type { OutcomeScope, SendOutcome } from '@invite-me/core/channel'

/** Where in the conversation with the server it went wrong. */
export type SmtpPhase = 'connect' | 'login' | 'sender' | 'recipient' | 'data'

/** One failure of one send, as plain data. */
export interface SmtpFailure {
  readonly phase: SmtpPhase
  /** True once the last byte of the message was handed to the connection: the server may have it. */
  readonly isMessageOut: boolean
  /** The server's answer, `550 5.1.1 No such user`; absent when it gave none. */
  readonly reply?: string
  /** What the library or the system calls it, `ECONNREFUSED`; used when there is no answer. */
  readonly errorCode?: string
}

/** The outcomes a failure can have. */
export type FailedOutcome = Exclude<SendOutcome, { status: 'accepted' }>
/** The outcomes a server's own answer can have: it is never a guess. */
export type RefusedOutcome = Exclude<FailedOutcome, { status: 'unknown' }>

type Verdict =
  | {
      readonly status: 'retryable'
      readonly scope: OutcomeScope
      readonly retryAfterMs?: number
      readonly detail: string
    }
  | {
      readonly status: 'rate_limited'
      readonly scope: OutcomeScope
      readonly retryAfterMs: number
      readonly detail: string
    }
  | { readonly status: 'permanent_recipient'; readonly scope: 'recipient'; readonly detail: string }
  | { readonly status: 'permanent_config'; readonly scope: 'sender' | 'provider'; readonly detail: string }
  | { readonly status: 'permanent_content'; readonly scope: 'message'; readonly detail: string }

const minute = 60_000
const hour = 60 * minute

const deadAddress = recipient('The mail server says that this address does not exist.')
const disabledMailbox = recipient('The mailbox is closed or disabled.')
const unreachableDomain = recipient('No mail can be delivered to the domain of this address.')
const notAllowedThere = recipient('The recipient’s server does not let this sender write to this address.')
const unspeakableAddress = recipient('The server cannot carry an address with letters outside ASCII.')
const tooLarge = content('The message is larger than the server takes.')
const filtered = content('The server refused the content of the message.')
const badFormat = content('The server did not understand the message.')
const badLogin = config('sender', 'The mail server refused the user name or the password.')
const badSender = config('sender', 'The mail server does not accept mail from this sender address.')
const badPolicy = config('sender', 'The mail server refuses mail from this sender or this machine.')
const badServer = config('provider', 'The mail server does not take mail as it is set up.')
const fullMailbox: Verdict = {
  status: 'retryable',
  scope: 'recipient',
  retryAfterMs: 15 * minute,
  detail: 'The mailbox is full.',
}
const greylisted: Verdict = {
  status: 'retryable',
  scope: 'recipient',
  // Greylisting servers want at least five minutes (RFC 6647 §4.5 speaks of one minute to 24 hours).
  retryAfterMs: 5 * minute,
  detail: 'The server asks to try again in some minutes.',
}

/** Gmail's limit of mail to one person: "receiving mail too quickly", 4.2.1 or 5.2.1 (its table of SMTP errors, seen 2026-11-22). */
const busyMailbox = tooFast('recipient', 10 * minute)
/** Our account's allowance of a day is used up: Gmail's 5.4.5, and 5.7.1 "relay limit exceeded". */
const usedUp = tooFast('sender', hour)

function tooFast(scope: OutcomeScope, retryAfterMs: number): Verdict {
  return { status: 'rate_limited', scope, retryAfterMs, detail: 'The server asks to send more slowly.' }
}
function recipient(detail: string): Verdict {
  return { status: 'permanent_recipient', scope: 'recipient', detail }
}
function content(detail: string): Verdict {
  return { status: 'permanent_content', scope: 'message', detail }
}
function config(scope: 'sender' | 'provider', detail: string): Verdict {
  return { status: 'permanent_config', scope, detail }
}

/** Permanent enhanced status codes (RFC 3463 and the IANA registry); `5.1` stands for every `5.1.x` not named. */
const permanentStatuses: Readonly<Record<string, Verdict>> = {
  '5.1': deadAddress,
  '5.1.7': badSender,
  '5.1.8': badSender,
  '5.2': disabledMailbox,
  '5.2.2': fullMailbox,
  '5.2.3': tooLarge,
  '5.3': badServer,
  '5.3.4': tooLarge,
  '5.4': unreachableDomain,
  '5.4.5': usedUp,
  '5.6': badFormat,
  '5.6.7': unspeakableAddress,
  '5.7': badPolicy,
  // Microsoft 365: the recipient or group takes mail from some senders only.
  '5.7.124': notAllowedThere,
  '5.7.129': notAllowedThere,
  '5.7.133': notAllowedThere,
  '5.7.134': notAllowedThere,
  '5.7.135': notAllowedThere,
  '5.7.136': notAllowedThere,
}

/** Reply codes that mean one thing wherever they come (RFC 5321 §4.2.3, RFC 4954 §6, RFC 7504, RFC 7505). */
const permanentReplies: Readonly<Record<number, Verdict>> = {
  521: badServer,
  523: tooLarge,
  530: badLogin,
  534: badLogin,
  535: badLogin,
  538: badLogin,
  551: deadAddress,
  556: unreachableDomain,
}

/** What other permanent replies mean, by the moment they come at. */
const permanentByPhase: Readonly<Record<SmtpPhase, Verdict>> = {
  connect: badServer,
  login: badLogin,
  sender: badPolicy,
  recipient: deadAddress,
  data: filtered,
}

/** Whom a temporary refusal speaks about, by the subject of its enhanced status. */
const temporaryScopes: Readonly<Record<string, OutcomeScope>> = {
  '1': 'recipient',
  '2': 'recipient',
  '3': 'provider',
  '4': 'provider',
  '5': 'message',
  '6': 'message',
  '7': 'sender',
}
const scopeByPhase: Readonly<Record<SmtpPhase, OutcomeScope>> = {
  connect: 'provider',
  login: 'provider',
  sender: 'sender',
  recipient: 'recipient',
  data: 'provider',
}

/**
 * Says what one failure means for the message, the address and the sender.
 *
 * A server's answer decides whenever there is one. Without an answer it depends on whether the whole message had left.
 *
 * @returns details are sentences of ours; nothing of what the server wrote is repeated but its codes
 */
export function classifySmtpFailure(failure: SmtpFailure): FailedOutcome {
  const outcome = failure.reply === undefined ? undefined : classifySmtpReply(failure.reply, failure.phase)
  return outcome ?? classifySilence(failure)
}

/**
 * Says what a server's answer means.
 *
 * @param reply `550 5.1.1 text`; several lines are fine
 * @returns undefined when it is no refusal (4yz or 5yz)
 */
export function classifySmtpReply(reply: string, phase: SmtpPhase): RefusedOutcome | undefined {
  const match = /^([45]\d\d)(?:[ -](?:([245])\.(\d{1,3})\.(\d{1,3})\b)?|$)/.exec(reply)
  const [, replyCode, statusClass, subject, detail] = match ?? []
  if (replyCode === undefined) return undefined
  // A status of another class than the reply contradicts it; the reply counts.
  const status = statusClass === replyCode[0] ? `${statusClass}.${subject}.${detail}` : undefined
  const verdict = replyCode.startsWith('4')
    ? judgeTemporary(status, reply, phase)
    : judgePermanent(Number(replyCode), status, reply, phase)
  return { ...verdict, providerCode: status === undefined ? replyCode : `${replyCode} ${status}` }
}

/**
 * Says what the status of a delivery report means (RFC 3464 §2.3.4).
 *
 * @param status `5.1.1`
 * @param diagnostic text of the `Diagnostic-Code` field, when there is one
 */
export function classifyBounceStatus(status: string, diagnostic = ''): RefusedOutcome {
  const said = /\b[45]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3}\b)?.*/s.exec(diagnostic)?.[0]
  const replyCode = status.startsWith('4') ? '450' : '550'
  const code = /^[45]\.\d{1,3}\.\d{1,3}$/.test(status) ? ` ${status}` : ''
  const reply = said?.startsWith(replyCode.slice(0, 1)) === true ? said : `${replyCode}${code} ${diagnostic}`
  const outcome = classifySmtpReply(reply, 'recipient')
  return outcome ?? { ...disabledMailbox, providerCode: status }
}

function judgePermanent(
  replyCode: number,
  status: string | undefined,
  reply: string,
  phase: SmtpPhase,
): Verdict {
  const named = permanentReplies[replyCode]
  if (named !== undefined) return named
  // Bad sequence of commands: the session was confused, not the message refused.
  if (replyCode === 503) return retryable('provider', 'The mail server lost track of the session.')
  if (status !== undefined) return judgePermanentStatus(replyCode, status, reply, phase)
  if (replyCode === 552) return phase === 'recipient' ? fullMailbox : tooLarge
  if (replyCode >= 500 && replyCode <= 504 && phase === 'data') return badFormat
  if ((replyCode === 554 || replyCode === 571) && phase === 'data') return badPolicy
  return permanentByPhase[phase]
}

function judgePermanentStatus(replyCode: number, status: string, reply: string, phase: SmtpPhase): Verdict {
  const subject = status.slice(0, 3)
  if (status === '5.1.0' && phase === 'sender') return badSender
  if (status === '5.2.1' && speaksOfRate.test(reply)) return busyMailbox
  if (status === '5.7.1') return judgePolicy(reply, phase)
  // Gmail refuses dangerous attachments and links so.
  if (status === '5.7.0' && replyCode === 552) return filtered
  // Of the login these speak only before there is a message; Yahoo says 5.7.9 of messages, too.
  if (status === '5.7.8' || status === '5.7.9')
    return phase === 'recipient' || phase === 'data' ? badPolicy : badLogin
  if (subject === '5.5') return phase === 'recipient' ? deadAddress : badFormat
  return permanentStatuses[status] ?? permanentStatuses[subject] ?? permanentByPhase[phase]
}

/**
 * `5.7.1` is used for spam, for relaying and for single recipients. Servers that refuse late (Postfix by default) say all
 * of these at RCPT, so there the words have to decide.
 */
function judgePolicy(reply: string, phase: SmtpPhase): Verdict {
  if (/\blimit\b.*\bexceeded\b/is.test(reply)) return usedUp
  if (phase === 'data') return filtered
  const speaksOfRecipient = /\b(?:recipient|user unknown|mailbox)\b/i.test(reply) && !/\brelay/i.test(reply)
  return phase === 'recipient' && speaksOfRecipient ? notAllowedThere : badPolicy
}

const speaksOfRate = /too (?:quickly|fast|many|much|frequent)|rate.?limit|\brate\b|throttl|quota exceeded/i

/** Gmail holds mail back for what it is: its rate (4.7.28), no SPF, no DKIM, neither, or for another domain than the sender's. */
const heldForSender = new Set(['4.7.26', '4.7.27', '4.7.28', '4.7.30', '4.7.32'])

function judgeTemporary(status: string | undefined, reply: string, phase: SmtpPhase): Verdict {
  const scope = temporaryScopes[status?.split('.')[1] ?? ''] ?? scopeByPhase[phase]
  if (status === '4.2.2') return fullMailbox
  if (status !== undefined && heldForSender.has(status)) return tooFast('sender', 15 * minute)
  if (speaksOfRate.test(reply)) return status === '4.2.1' ? busyMailbox : tooFast(scope, minute)
  if (status === '4.7.1' || /gr[ae]y.?list/i.test(reply)) return greylisted
  return retryable(scope, 'The server asks to try again later.')
}

function retryable(scope: OutcomeScope, detail: string): Verdict {
  return { status: 'retryable', scope, detail }
}

const certificateTrouble = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|^ERR_TLS|^ERR_SSL/

function classifySilence({ errorCode, isMessageOut }: SmtpFailure): FailedOutcome {
  const code = errorCode === undefined ? {} : { providerCode: errorCode }
  if (isMessageOut) {
    const detail = 'The message left and no answer came; it may have been sent.'
    return { status: 'unknown', scope: 'provider', detail, ...code }
  }
  return { ...judgeSilence(errorCode ?? ''), ...code }
}

function judgeSilence(errorCode: string): Verdict {
  if (['EAUTH', 'ENOAUTH', 'EOAUTH2'].includes(errorCode)) return badLogin
  if (errorCode === 'EREQUIRETLS' || errorCode === 'ECONFIG') return badServer
  if (certificateTrouble.test(errorCode))
    return config('provider', 'The mail server’s certificate is not trusted.')
  if (errorCode === 'EMESSAGE') return tooLarge
  if (errorCode === 'EENVELOPE') return recipient('The address cannot be written to.')
  if (errorCode === 'ENOUTF8') return unspeakableAddress
  if (errorCode === 'EABORT')
    return retryable('provider', 'The time for this attempt was over before the message left.')
  return retryable('provider', 'The connection to the mail server failed before the message left.')
}
