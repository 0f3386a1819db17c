import type { AnswerInput } from '../model/answer.ts'
import type { Clarification } from '../model/clarification.ts'
import type { InboundFact } from '../model/inbound-fact.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { ResponseReceipt } from '../model/response.ts'
import type { Channel } from '../ports/channel.ts'
import type { ChannelAddress, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { contentOf, wordsOf } from '../ledger/content-of.ts'
import { planEdits } from '../ledger/plan-edits.ts'
import { parseAnswer } from '../rules/answers/parse-answer.ts'
import { feedbackFor, readCandidateNumber, whichQuestion } from '../rules/feedback.ts'
import { askBack, isWordBack, wasAskedBack } from './ask-back.ts'
import { deliveryAt, findDelivery, isFromAnother, type Found } from './find-delivery.ts'
import { placeOf } from './opt-out.ts'
import { recordResponse } from './record-response.ts'

/** Most open questions of one address that are told apart. */
const mostCandidates = 9
/** How long a person has to say which question they meant. */
const clarifyWithinMs = 86_400_000

type AnswerFact = Extract<InboundFact, { kind: 'answer' }>

/** What became of an answer that came by a channel. */
export type AnswerResult =
  | { readonly kind: 'recorded'; readonly receipt: ResponseReceipt; readonly feedback: string | null }
  /** Several questions could be meant; the person was asked which. */
  | { readonly kind: 'ambiguous'; readonly feedback: string | null }
  /** Not clear, and it was to be dropped then. */
  | { readonly kind: 'dropped' }
  | { readonly kind: 'unmatched' }

interface Arrival {
  readonly world: World
  readonly parts: StoreParts
  readonly channel: Channel
  readonly fact: AnswerFact
}

/**
 * Records an answer a channel brought in: finds the question it belongs to, asks back once when that, or the answer itself, is
 * not clear, and says what the person should be told.
 */
export async function recordAnswerFact(arrival: Arrival): Promise<AnswerResult> {
  const { parts, channel, fact } = arrival
  if (fact.reference.by === 'address')
    return answerByAddress(arrival, placeOf(channel, fact.reference.address))
  const found = await findDelivery(parts, channel, fact.reference)
  if (found === undefined) return { kind: 'unmatched' }
  const asked = await askedWhich(arrival, found)
  return asked === undefined ? recordFor(arrival, found, fact.input) : answerByAddress(arrival, asked)
}

/** Where a person was asked which question they meant, when this is a reply to just that, in a medium that has threads. */
async function askedWhich(
  { parts }: Arrival,
  { delivery, position }: Found,
): Promise<ChannelAddress | undefined> {
  const place = delivery.plan[position]
  if (place === undefined || !(await isWordBack(parts, delivery))) return undefined
  return (await parts.inbound.clarification(place)) && place
}

/** A text message has no thread: the open questions of its sender are looked through. */
async function answerByAddress(arrival: Arrival, place: ChannelAddress): Promise<AnswerResult> {
  const { parts, fact } = arrival
  const states = ['pending'] as const
  const open = await parts.invitations.byAddress(place, { states, limit: mostCandidates })
  const asked = await clarificationOf(arrival, place, open)
  const chosen = asked === undefined ? undefined : chosenCandidate(asked, fact.input)
  if (chosen !== undefined) {
    await parts.inbound.dropClarification(place)
    const found = await deliveryAt(parts, chosen.deliveryId, place)
    if (found !== undefined) return recordFor(arrival, found, chosen.input)
  }
  if (open.length > 1) return amongSeveral(arrival, place, open, asked)
  // With nothing open it speaks of the last question: a change of mind, or an answer that comes too late.
  const [only] = open.length === 1 ? open : await parts.invitations.byAddress(place, { limit: 1 })
  const found = only === undefined ? undefined : await deliveryAt(parts, only.deliveryId, place)
  return found === undefined ? { kind: 'unmatched' } : recordFor(arrival, found, fact.input)
}

/** What a person was asked; `undefined` when it is too long ago, or they may be answering a question that came after it. */
async function clarificationOf(
  arrival: Arrival,
  place: ChannelAddress,
  open: readonly Candidate[],
): Promise<Clarification | undefined> {
  const { world, parts, fact } = arrival
  const asked = await parts.inbound.clarification(place)
  if (asked === undefined || world.clock.now() - asked.at.getTime() > clarifyWithinMs) return undefined
  const listed = new Set(asked.candidates.map(({ invitationId }) => invitationId))
  const isLater = ({ invitation: { createdAt, id } }: Question) => createdAt >= asked.at && !listed.has(id)
  const later = (await questionsOf(arrival, open)).filter(isLater)
  return later.some((question) => isUnderstood(question, fact.input)) ? undefined : asked
}

/** Reads "2", or "2 yes", as the reply to the question which question was meant. */
function chosenCandidate({ candidates, input }: Clarification, reply: AnswerInput) {
  if (reply.kind !== 'text') return undefined
  const read = readCandidateNumber(reply.text, candidates.length)
  const candidate = read === undefined ? undefined : candidates[read.index]
  if (read === undefined || candidate === undefined) return undefined
  return { ...candidate, input: read.rest === '' ? input : { kind: 'text' as const, text: read.rest } }
}

interface Candidate {
  readonly invitationId: string
  readonly deliveryId: string
}

/** The one question the answer is clear for; the newest when it is clear for none; else the person is asked, once. */
async function amongSeveral(
  arrival: Arrival,
  place: ChannelAddress,
  open: readonly Candidate[],
  asked: Clarification | undefined,
): Promise<AnswerResult> {
  const { world, parts, fact } = arrival
  const questions = await questionsOf(arrival, open)
  const fitting = questions.filter((question) => isUnderstood(question, fact.input))
  const [first, second] = fitting
  const meant = second === undefined ? (first ?? questions[0]) : undefined
  if (meant !== undefined) {
    const found = await deliveryAt(parts, meant.candidate.deliveryId, place)
    return found === undefined ? { kind: 'unmatched' } : recordFor(arrival, found, fact.input)
  }
  if (fact.onlyIfClear === true) return { kind: 'dropped' }
  const candidates = fitting.map(({ candidate }) => candidate)
  const at = new Date(world.clock.now())
  // Asked once; who answers past the question needs a human, who finds both in the events. A number still means what it
  // meant in the list they have, for as long as it did.
  const kept = asked ?? { ...place, candidates, at }
  await parts.inbound.putClarification({ ...kept, input: fact.input })
  const about = { messageId: null, deliveryId: null, invitationId: null, recipientId: null }
  const data = { channel: place.channel, invitationIds: candidates.map(({ invitationId }) => invitationId) }
  await parts.outbox.append([{ type: 'response.ambiguous', at, ...about, data }])
  if (asked !== undefined) return { kind: 'ambiguous', feedback: null }
  const words = await wordsOf(
    parts,
    fitting.map(({ candidate: { deliveryId }, message }) => ({ deliveryId, message })),
  )
  const text = whichQuestion(
    fitting.map(
      ({ candidate: { deliveryId }, message }) => contentOf(words, message, deliveryId, place.channel).text,
    ),
    first?.locale ?? world.settings.locale,
  )
  const newest = first && (await deliveryAt(parts, first.candidate.deliveryId, place))
  if (newest !== undefined) await askBack(world, parts, newest, text)
  return { kind: 'ambiguous', feedback: text }
}

interface Question {
  readonly candidate: Candidate
  readonly invitation: InvitationRecord
  readonly message: Message
  readonly locale: string
}

async function questionsOf(
  { world, parts }: Arrival,
  open: readonly Candidate[],
): Promise<readonly Question[]> {
  const invitations = await parts.invitations.byIds(open.map(({ invitationId }) => invitationId))
  const messages = await parts.messages.byIds(invitations.map(({ messageId }) => messageId))
  return open.flatMap((candidate) => {
    const invitation = invitations.find(({ id }) => id === candidate.invitationId)
    const message = messages.find(({ id }) => id === invitation?.messageId)
    if (invitation === undefined || message === undefined) return []
    return [{ candidate, invitation, message, locale: invitation.locale ?? world.settings.locale }]
  })
}

function isUnderstood({ locale, message }: Question, input: AnswerInput): boolean {
  return message.answer !== null && parseAnswer(message.answer, input, locale).status === 'understood'
}

async function recordFor(arrival: Arrival, found: Found, input: AnswerInput): Promise<AnswerResult> {
  const { world, parts, channel, fact } = arrival
  const { delivery } = found
  const { invitationId } = delivery
  const [invitation] = invitationId === null ? [] : await parts.invitations.byIds([invitationId])
  const message = invitation === undefined ? undefined : await parts.messages.byId(invitation.messageId)
  // Words in reply to a notice ask for nothing that could be recorded; a human may want to read them.
  if (invitation === undefined || message?.answer === undefined || message.answer === null)
    return { kind: 'unmatched' }
  const { answer: spec } = message
  const locale = invitation.locale ?? world.settings.locale
  if (fact.onlyIfClear === true && parseAnswer(spec, input, locale).status !== 'understood')
    return { kind: 'dropped' }
  const isOutdated = await answersEarlierTime(parts, message, fact)
  const receipt = await recordResponse(world, parts, {
    invitationId: invitation.id,
    deliveryId: delivery.id,
    input,
    via: channel.name,
    isFromAnother: isFromAnother(channel, fact.from, found),
    hasRunOut: found.expiresAt !== null && world.clock.now() >= found.expiresAt.getTime(),
    isOutdated,
  })
  if (isOutdated) await planEdits(world, parts, { message, deliveries: [delivery], reason: 'updated' })
  const feedback = feedbackFor(receipt, { spec, locale })
  // Who has answered owes no further word: "thanks" is none that is not understood.
  const isOpen = invitation.state === 'pending'
  if (isOpen && input.kind === 'text' && 'hint' in receipt && !(await wasAskedBack(parts, invitation)))
    await askBack(world, parts, found, feedback)
  return {
    kind: 'recorded',
    receipt,
    feedback: (await isToldAgain(arrival, receipt, input)) ? null : feedback,
  }
}

/** Words that come too late are told so once: two machines would talk for ever. A button pressed again may be told again. */
async function isToldAgain(
  { parts }: Arrival,
  { invitationId, status }: ResponseReceipt,
  input: AnswerInput,
): Promise<boolean> {
  if (status !== 'late' || input.kind !== 'text') return false
  const responses = await parts.invitations.responses(invitationId)
  return responses.filter((response) => response.status === 'late').length > 1
}

/** A calendar may answer the entry it still holds; then it is given the new one again, and asks its owner anew. */
async function answersEarlierTime(
  parts: StoreParts,
  { id, content }: Message,
  { calendarSequence }: AnswerFact,
): Promise<boolean> {
  if (calendarSequence === undefined || content.calendar === undefined) return false
  const changed = (await parts.messages.rescheduled([id])).get(id)
  return calendarSequence < (changed?.sequence ?? 0)
}
