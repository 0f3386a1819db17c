import type { Attempt } from '../model/attempt.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Content, Message } from '../model/message.ts'
import type { ResponseLink } from '../model/response-link.ts'
import type { Channel, OutboundCalendar, OutboundMessage } from '../ports/channel.ts'
import type { ClaimedDelivery, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { calendarOf } from './calendar-of.ts'
import { mintLinks, renderMessage, type Tokens } from './render.ts'

/** A delivery that was taken, checked and written down as started: ready to be sent. */
export interface ReadySend {
  readonly delivery: ClaimedDelivery
  readonly message: Message
  readonly outbound: OutboundMessage
  readonly attempt: Attempt
  /** When the first try on this route began whose end nobody knows; `undefined` when there is none. */
  readonly doubtedSince: Date | undefined
}

/** A message ready to be sent, with what must be written down before it is. */
export interface PreparedSend {
  readonly send: ReadySend
  readonly links: readonly ResponseLink[]
}

/** What earlier tries of the same message, and its changes, have to say to this one. */
interface History {
  readonly earlier: readonly Attempt[]
  readonly calendar: OutboundCalendar | undefined
}

/** A taken delivery that may be sent. */
export interface ToPrepare {
  readonly delivery: ClaimedDelivery
  readonly message: Message
  /** What is said to this person on this channel. */
  readonly content: Content
  /** The person's IANA zone, when it is known. */
  readonly zone: string | undefined
}

const noHistory: History = { earlier: [], calendar: undefined }

/**
 * Puts together one try: tokens, text, and what earlier tries have to say to it.
 *
 * @returns at once for nearly every message; only one with a
 *   calendar entry, or one that may have been sent before and can be looked for, has more to be read
 */
export function prepareSend(
  world: World,
  parts: StoreParts,
  channel: Channel,
  { delivery, message, content, zone }: ToPrepare,
): PreparedSend | Promise<PreparedSend> {
  const looks = delivery.doubtful && channel.find !== undefined
  return message.content.calendar === undefined && !looks
    ? putTogether(world, channel, { delivery, message, content, zone }, noHistory)
    : readHistory(parts, delivery, message).then((history) =>
        putTogether(world, channel, { delivery, message, content, zone }, history),
      )
}

async function readHistory(parts: StoreParts, delivery: ClaimedDelivery, message: Message): Promise<History> {
  const earlier = delivery.attempts > 0 ? await parts.deliveries.attempts(delivery.id) : []
  return { earlier, calendar: await calendarOf(parts, delivery, message) }
}

function putTogether(
  world: World,
  channel: Channel,
  { delivery, message, content, zone }: ToPrepare,
  { earlier, calendar }: History,
): PreparedSend {
  const hasCalendar = calendar !== undefined
  const { tokens, links } = mintTokens(world, delivery, message, channel, hasCalendar ? earlier : [])
  const attempt = newAttempt(world, delivery, channel, hasCalendar ? (tokens.reply ?? null) : null)
  const outbound = renderMessage(world, delivery, message, { content, tokens, calendar, zone })
  const doubtedSince = channel.find === undefined ? undefined : firstDoubt(earlier, delivery)
  return { send: { delivery, message, outbound, attempt, doubtedSince }, links }
}

/** New tokens, except the one an organizer's address holds: the calendar that got it first goes by it. */
function mintTokens(
  world: World,
  delivery: Delivery,
  message: Message,
  channel: Channel,
  earlier: readonly Attempt[],
): { readonly tokens: Tokens; readonly links: readonly ResponseLink[] } {
  const kept = earlier.find(
    ({ position, replyToken }) => position === delivery.position && replyToken !== null,
  )?.replyToken
  const wanted = channel.supports.tokens.filter((purpose) => purpose !== 'reply' || !kept)
  const minted = mintLinks(world, delivery, message, wanted)
  return kept ? { ...minted, tokens: { ...minted.tokens, reply: kept } } : minted
}

/** A reminder is looked for since its own first try: the message before it, the same in words, would be taken for it. */
function firstDoubt(
  attempts: readonly Attempt[],
  { acceptedAt, position }: ClaimedDelivery,
): Date | undefined {
  const isOfThisSend = ({ startedAt }: Attempt) => acceptedAt === null || startedAt > acceptedAt
  return attempts.find(
    (attempt) => attempt.position === position && attempt.state === 'unknown' && isOfThisSend(attempt),
  )?.startedAt
}

function newAttempt(world: World, delivery: Delivery, channel: Channel, replyToken: string | null): Attempt {
  const takesAnswers = channel.receive !== undefined && channel.supports.answers.length > 0
  return {
    deliveryId: delivery.id,
    number: delivery.attempts + 1,
    position: delivery.position,
    channel: channel.name,
    address: takesAnswers ? (delivery.plan[delivery.position]?.address ?? null) : null,
    state: 'started',
    providerMessageId: null,
    replyToken,
    startedAt: new Date(world.clock.now()),
    settledAt: null,
  }
}
