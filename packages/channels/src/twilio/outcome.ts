import type { SendOutcome } from '@invite-me/core/channel'
import { readObject, retryAfterMs, type HttpReply } from '../shared/http.ts'
import type { GivenClass } from './options.ts'

/** The outcomes a refusal of Twilio can have: it is never a guess. */
export type RefusedOutcome = Exclude<SendOutcome, { status: 'accepted' | 'unknown' }>

/** A refusal without its code. */
type Verdict = RefusedOutcome

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const slower = rateLimited(1_000, 'Twilio asks to send more slowly.')
const dayIsFull = rateLimited(0, 'The messages of the day are used up.')
const shaky = retryable('provider', 'The message was lost on its way through the networks.')
const noSuchNumber = recipient('There is no such number, or it takes no messages.')
const notAllowed = config('Twilio refuses the credentials.')
const badSender = config('Twilio does not accept this sender.')
const notRegistered = config('The sender is not registered as the carriers demand it.')
const needsTemplate = content(
  'The person has not written for 24 hours, so WhatsApp takes approved templates only; set up `templates`.',
)
const badTemplate = content('WhatsApp refuses the template or what was filled into it.')
const badText = content('Twilio does not take a message like this.')
const otherRegion: Verdict = content(
  'The account may not send to this country; allow it under Messaging Geographic Permissions.',
)

/**
 * What Twilio's codes mean, whether they come at once or in a report (Twilio's error dictionary of May 2023, its docs
 * `api/errors`, seen 2026-11-22). Twilio adds and splits codes; see {@link classifyCode} for those not named here.
 *
 * Codes that speak of one country or one person (21408, 21608, 63015) are about the message, although settings of the account
 * could help: taken for a wrong configuration they would stop the messages to everybody else. So is 63032, by which WhatsApp
 * keeps some campaigns from a person whose number is good.
 */
const verdicts: ReadonlyMap<number, Verdict> = new Map(
  (
    [
      [[20429, 14107, 63017], slower],
      [[30022, 63018], rateLimited(10_000, 'The carrier or WhatsApp asks to send more slowly.')],
      [[21611, 30001], rateLimited(minute, 'The queue of this sender is full.')],
      [[30023, 30027, 63038], dayIsFull],
      [[20500, 20503], retryable('provider', 'Twilio is out of order.')],
      [[30008, 30017, 30020, 30021, 30410, 63009, 63010, 63012], shaky],
      [
        [30003],
        { ...retryable('recipient', 'The phone is switched off or out of reach.'), retryAfterMs: hour },
      ],
      [[21211, 21214, 21217, 30005, 63003, 63024, 63033, 63036], noSuchNumber],
      [[21614, 30006], recipient('The number is a landline, or its carrier cannot be reached.')],
      [[21612], recipient('This sender cannot write to this number.')],
      [[30004], recipient('The number or its carrier blocks messages.')],
      [[21610], optedOut('The person said STOP.')],
      [[63014], optedOut('The person has blocked the sender.')],
      [[20003, 20006, 20403], notAllowed],
      [[20005, 30002, 90010], config('The Twilio account is suspended or not active.')],
      [[20404], config('Twilio does not know this account or resource.')],
      [[21212, 21603, 21606, 21607, 63001, 63002, 63007, 63020, 63022], badSender],
      [[21609], config('Twilio does not take the address for reports; check `webhookUrl`.')],
      [
        [21657, 21701, 21702, 21703, 21704, 21705, 21712],
        config('The Messaging Service is not set up for this.'),
      ],
      [[30018, 30024, 30028, 30032, 30033, 30034, 30035], notRegistered],
      [[63051], config('WhatsApp has locked this sender.')],
      [[21408], otherRegion],
      [[21608], content('A trial account writes to verified numbers only.')],
      [[63015], content('The WhatsApp sandbox writes only to people who have joined it.')],
      [[63016], needsTemplate],
      [[21656, 63027, 63028, 63040, 63041, 63042], badTemplate],
      [[21602, 21620, 21623, 63005, 63013, 63021], badText],
      [[21617, 21618], content('The text is longer than Twilio takes.')],
      [[30007], content('A carrier filtered the message out.')],
      [[30019, 63019], content('A picture or file in the message was refused.')],
      [[30036], content('It waited for its turn until its deadline had passed.')],
      [[63032], content('WhatsApp does not let this message reach the person at present.')],
      [[63031], content('The message went to its own sender.')],
      [[63034], content('WhatsApp does not take media like this.')],
    ] as const
  ).flatMap(([codes, verdict]) => codes.map((code): [number, Verdict] => [code, verdict])),
)

/** Codes after which the same message may go through as a template. */
const templateCodes: ReadonlySet<string> = new Set(['63016'])

/** What is needed to judge a code. */
export interface Judging {
  readonly nowMs: number
  /** Classes given by hand, by code. */
  readonly errorClasses: Readonly<Record<string, GivenClass>>
}

/** True for a refusal that a template gets around. */
export function wantsTemplate(outcome: SendOutcome): boolean {
  return outcome.status === 'permanent_content' && templateCodes.has(outcome.providerCode ?? '')
}

/**
 * Says what a code of Twilio means.
 *
 * @returns `undefined` for a code of no known range, so that the HTTP status may tell
 */
export function classifyCode(code: number, { errorClasses, nowMs }: Judging): RefusedOutcome | undefined {
  const providerCode = String(code)
  const known = verdicts.get(code) ?? verdictOfRange(code)
  const given = errorClasses[providerCode]
  const verdict = given === undefined ? known : verdictOf(given, known)
  if (verdict === undefined) return undefined
  if (verdict === dayIsFull) return { ...dayIsFull, retryAfterMs: untilNextDay(nowMs), providerCode }
  return { ...verdict, providerCode }
}

/** Says what a refused or odd answer of the API means. Nothing Twilio wrote is repeated but its code. */
export function classifyReply(reply: Extract<HttpReply, { ok: true }>, judging: Judging): SendOutcome {
  const { headers, status } = reply
  const { code } = readObject(reply.body)
  const outcome = typeof code === 'number' ? classifyCode(code, judging) : undefined
  const providerCode = outcome?.providerCode ?? String(status)
  if (status === 429 || outcome?.status === 'rate_limited') {
    const pause = outcome?.status === 'rate_limited' ? outcome : slower
    const asked = retryAfterMs(headers, judging.nowMs)
    return { ...pause, providerCode, ...(asked !== undefined && { retryAfterMs: Math.max(1, asked) }) }
  }
  return outcome ?? { ...classifyStatus(status), providerCode }
}

function classifyStatus(status: number): Exclude<SendOutcome, { status: 'accepted' }> {
  // A gateway speaks for a server that may have taken the message.
  if (status === 502 || status === 504)
    return { status: 'unknown', scope: 'provider', detail: 'Twilio’s gateway had no answer.' }
  if (status >= 500 || status === 408) return retryable('provider', 'Twilio is out of order.')
  if (status === 401 || status === 403) return notAllowed
  if (status === 400 || status === 413 || status === 422) return badText
  if (status < 300)
    return {
      status: 'unknown',
      scope: 'provider',
      detail: 'The answer does not say which message it is about.',
    }
  return { ...notAllowed, scope: 'provider', detail: 'What answers there is not the API of Twilio.' }
}

/** What is failed, by a report without a code, or with one nobody here knows. */
export const failedForUnknownReason: RefusedOutcome = content(
  'It was not delivered, and Twilio names no known reason.',
)

/** Codes not in the table: refusals of a message at once, and failures told later. */
function verdictOfRange(code: number): Verdict | undefined {
  if (code >= 21_000 && code < 22_000) return badText
  if ((code >= 30_000 && code < 31_000) || (code >= 63_000 && code < 64_000)) return failedForUnknownReason
  return undefined
}

function verdictOf(given: GivenClass, known: Verdict | undefined): Verdict {
  if (known?.status === given) return known
  const detail = known?.detail ?? 'Twilio refused it.'
  switch (given) {
    case 'retryable':
      return retryable('provider', detail)
    case 'rate_limited':
      return rateLimited(minute, detail)
    case 'permanent_recipient':
      return recipient(detail)
    case 'opted_out':
      return optedOut(detail)
    case 'permanent_config':
      return config(detail)
    case 'permanent_content':
      return content(detail)
  }
}

/** Carriers begin their day at midnight in California (T-Mobile's rule for A2P 10DLC): 8:00 UTC, an hour less in summer. */
function untilNextDay(nowMs: number): number {
  return day - ((nowMs - 8 * hour) % day)
}

function rateLimited(pauseMs: number, detail: string) {
  return { status: 'rate_limited', scope: 'sender', retryAfterMs: pauseMs, detail } as const
}
function retryable(scope: 'provider' | 'recipient', detail: string) {
  return { status: 'retryable', scope, detail } as const
}
function recipient(detail: string) {
  return { status: 'permanent_recipient', scope: 'recipient', detail } as const
}
function optedOut(detail: string) {
  return { status: 'opted_out', scope: 'recipient', detail } as const
}
function config(detail: string) {
  return { status: 'permanent_config', scope: 'sender', detail } as const
}
function content(detail: string) {
  return { status: 'permanent_content', scope: 'message', detail } as const
}
