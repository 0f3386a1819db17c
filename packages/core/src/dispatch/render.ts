import type { Delivery } from '../model/delivery.ts'
import type { Content, Message } from '../model/message.ts'
import type { LinkPurpose, ResponseLink } from '../model/response-link.ts'
import type { OutboundCalendar, OutboundMessage } from '../ports/channel.ts'
import type { World } from '../ports/world.ts'
import { answerActions } from '../rules/answers/answer-actions.ts'
import { hashToken, makeToken, tokenBytes } from '../rules/response-link.ts'

/** The secret tokens of one attempt, by purpose. */
export type Tokens = Readonly<Partial<Record<LinkPurpose, string>>>

/** Mints the tokens a channel asks for. Only their hashes are stored, so each attempt needs its own. */
export function mintLinks(
  world: World,
  delivery: Delivery,
  message: Message,
  purposes: readonly LinkPurpose[],
): { readonly tokens: Tokens; readonly links: readonly ResponseLink[] } {
  const now = new Date(world.clock.now())
  const wanted = purposes.filter((purpose) => purpose !== 'respond' || message.answer !== null)
  const minted = wanted.map((purpose) => ({ purpose, token: makeToken(world.random.bytes(tokenBytes)) }))
  const links = minted.map(({ purpose, token }) => ({
    hash: hashToken(token) ?? '',
    purpose,
    deliveryId: delivery.id,
    invitationId: delivery.invitationId,
    position: delivery.position,
    expiresAt:
      purpose === 'unsubscribe'
        ? null
        : (message.until ?? new Date(now.getTime() + world.settings.policies.linkLifeMs)),
    revokedAt: null,
    createdAt: now,
  }))
  return { tokens: Object.fromEntries(minted.map(({ purpose, token }) => [purpose, token])), links }
}

/** What a message is told beside what is stored with it. */
export interface Rendering {
  /** What is said to this person on this channel. */
  readonly content: Content
  readonly tokens: Tokens
  readonly calendar: OutboundCalendar | undefined
  /** The person's IANA zone, when it is known. */
  readonly zone: string | undefined
}

/** Puts together what a channel is handed for one attempt. */
export function renderMessage(
  world: World,
  delivery: Delivery,
  message: Message,
  { content, tokens, calendar, zone }: Rendering,
): OutboundMessage {
  const locale = delivery.locale ?? world.settings.locale
  const respond = portalPage(world, 'r', tokens.respond)
  const unsubscribe = portalPage(world, 'u', tokens.unsubscribe)
  return {
    to: {
      address: delivery.plan[delivery.position]?.address ?? '',
      ...(delivery.name !== null && { name: delivery.name }),
    },
    content,
    originator: message.originator,
    locale,
    ...withZone(zone ?? world.settings.zone),
    category: message.category,
    purpose: delivery.acceptedAt === null ? 'message' : 'reminder',
    ...(message.answer !== null && {
      answer: {
        spec: message.answer,
        actions: answerActions(message.answer, locale).map((option) => ({
          ...option,
          ...(respond !== undefined && { url: `${respond}?a=${encodeURIComponent(option.value)}` }),
        })),
      },
    }),
    links: { ...(respond !== undefined && { respond }), ...(unsubscribe !== undefined && { unsubscribe }) },
    ...(tokens.reply !== undefined && { replyToken: tokens.reply }),
    ...(calendar !== undefined && { calendar }),
    until: message.until,
  }
}

function withZone(zone: string | null): { readonly zone?: string } {
  return zone === null ? {} : { zone }
}

function portalPage(world: World, page: 'r' | 'u', token: string | undefined): string | undefined {
  return token === undefined || world.settings.portalUrl === null
    ? undefined
    : `${world.settings.portalUrl}/${page}/${token}`
}
