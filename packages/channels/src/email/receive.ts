import { readConsentWord, type InboundFact } from '@invite-me/core/channel'
import { createHash } from 'node:crypto'
import { parseEmailAddress } from './address.ts'
import { explainAutomatic, hasAutomaticSubject } from './automatic-mail.ts'
import { readCalendarReply } from './calendar/read-reply.ts'
import type { ReturnAddresses } from './compose.ts'
import { addressesIn, readMail, type IncomingMail } from './read-mail.ts'
import { replyText } from './reply-text.ts'
import { reportFacts, type ReportPlace } from './report-facts.ts'
import { taggedAddress, tokenPlace, type TaggedAddress } from './tagged-address.ts'

/** What reading a mail needs beside it. */
export interface ReceiveOptions extends ReturnAddresses {
  /** Address offered for unsubscribing by mail, without a token. */
  readonly unsubscribe?: string | undefined
  readonly maxBytes: number
  /** Unix milliseconds. */
  readonly now: number
}

/** Used where no reply address is set up, so that mail kept from before still finds its question. */
const usualReply = taggedAddress(`reply+${tokenPlace}@`)
const usualBounce = taggedAddress(`bounce+${tokenPlace}@`)

/**
 * Turns one raw mail into facts: an answer in words or by a calendar, a report about a delivery, a complaint, a wish to be
 * left alone, or something to be ignored. Nothing a machine wrote is ever an answer, except what a person's calendar
 * sends when they press its button.
 *
 * The body is the raw mail, `content-type: message/rfc822`. The headers `x-envelope-from` (empty for the null sender) and
 * `x-envelope-to` may tell what the mail server was told.
 *
 * @returns one fact, or two for a calendar's answer with words; their ids are the same whenever the same mail comes again
 * @throws InviteMeError `REQUEST_INVALID` when it is no mail · `BODY_TOO_LARGE`
 */
export async function receiveEmail(
  request: Request,
  options: ReceiveOptions,
): Promise<readonly InboundFact[]> {
  const place = findPlace(await readMail(request, options.maxBytes), options)
  // Calendars come before automatic mail is left out: they and mail programs mark what they send at the press of a
  // button as automatic.
  return (await reportFacts(place.mail, place)) ?? (await calendarFacts(place)) ?? wordFacts(place)
}

/** A mail, and what of ours it names. */
interface Place extends IncomingMail, ReportPlace {
  /** Token of the reply address it came to; `token` may be that of a bounce address. */
  readonly replyToken: string | undefined
  /** True when it came to an address people write to. */
  readonly isToUs: boolean
  /** Who wrote it, when that is an address. */
  readonly from: string | undefined
}

function findPlace(incoming: IncomingMail, options: ReceiveOptions): Place {
  const { mail, recipients } = incoming
  const reply = options.reply ?? usualReply
  const bounce = options.bounce ?? usualBounce
  const replyToken = findToken(recipients, reply)
  const token = replyToken ?? findToken(recipients, bounce)
  const sender = parseEmailAddress(mail.from?.address ?? '')
  return {
    ...incoming,
    id: factId(incoming, token),
    at: new Date(options.now),
    token,
    replyToken,
    isToUs: replyToken !== undefined || isAmong(options.unsubscribe, recipients),
    tokenIn: (value) => findToken(addressesIn(value), reply) ?? findToken(addressesIn(value), bounce),
    from: sender.ok ? sender.address : undefined,
  }
}

/**
 * What a calendar says in the mail: an answer, and a wish when words came with it: nothing a person says is thrown away.
 *
 * @returns undefined when no calendar says anything
 */
async function calendarFacts(place: Place): Promise<readonly InboundFact[] | undefined> {
  const reply = await readCalendarReply(place.mail)
  if (reply === undefined) return undefined
  if (reply.kind === 'ignored') return ignored(place, reply.reason)
  const token = place.replyToken ?? place.tokenIn(reply.organizer ?? '')
  if (token === undefined)
    return ignored(place, 'the calendar’s answer was not sent to a reply address of ours')
  const from = reply.attendee ?? place.from
  const base = {
    id: factId(place, token, reply.tuple),
    at: place.at,
    reference: { by: 'token', token },
    ...(from === undefined ? {} : { from }),
  } as const
  if (reply.kind === 'proposed') return [{ ...base, kind: 'proposed', text: reply.text }]
  const answer: InboundFact = {
    ...base,
    kind: 'answer',
    input: { kind: 'option', value: reply.answer },
    ...(reply.sequence === undefined ? {} : { calendarSequence: reply.sequence }),
  }
  if (reply.comment === undefined) return [answer]
  return [answer, { ...base, id: `${base.id}.comment`, kind: 'proposed', text: reply.comment }]
}

function wordFacts(place: Place): readonly InboundFact[] {
  const { at, envelopeFrom, format, from, id, isToUs, mail, replyToken } = place
  const subject = mail.subject ?? ''
  // What mail programs send for a List-Unsubscribe with `mailto:`; their words in the text vary.
  if (isToUs && readConsentWord(subject) === 'stop') return optOut(place)
  const automatic =
    explainAutomatic(mail.headers, envelopeFrom) ??
    (hasAutomaticSubject(subject) ? 'the subject is that of an automatic reply' : undefined)
  if (automatic !== undefined) return ignored(place, automatic)
  if (!isToUs) return ignored(place, 'the mail was not sent to a reply address of ours')
  const text = replyText({ text: mail.text, html: mail.html, format })
  if (readConsentWord(text) === 'stop') return optOut(place)
  if (replyToken === undefined) return ignored(place, 'the mail does not ask to be left alone')
  if (text === '') return ignored(place, 'the mail holds nothing but what it replies to')
  return [
    {
      id,
      at,
      kind: 'answer',
      reference: { by: 'token', token: replyToken },
      input: { kind: 'text', text },
      ...(from === undefined ? {} : { from }),
    },
  ]
}

function optOut(place: Place): readonly InboundFact[] {
  const { at, from, id, replyToken } = place
  if (from === undefined) return ignored(place, 'somebody without an address wants no more messages')
  const fact = { id, at, kind: 'opted_out' as const, address: from }
  if (replyToken === undefined) return [fact]
  return [{ ...fact, inReplyTo: { by: 'token', token: replyToken } }]
}

function ignored({ at, id }: Place, reason: string): readonly InboundFact[] {
  return [{ id, at, kind: 'ignored', reason }]
}

function findToken(addresses: readonly string[], family: TaggedAddress): string | undefined {
  for (const address of addresses) {
    const token = family.tokenIn(address)
    if (token !== undefined) return token
  }
  return undefined
}

function isAmong(address: string | undefined, recipients: readonly string[]): boolean {
  return recipients.some((recipient) => recipient.toLowerCase() === address?.toLowerCase())
}

/**
 * Names a mail by its Message-ID and what it is about.
 *
 * @param tuple what a calendar's answer is known by, whatever mail it comes in
 */
function factId({ mail, raw }: IncomingMail, token: string | undefined, tuple?: string): string {
  const hash = createHash('sha256')
  if (mail.messageId === undefined && tuple === undefined) hash.update(raw)
  else hash.update(`${mail.messageId ?? ''}\n${token ?? ''}`)
  if (tuple !== undefined) hash.update(`\n${tuple}`)
  return hash.digest('hex')
}
