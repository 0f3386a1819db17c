import type { AnswerInput } from '../model/answer.ts'
import type { Delivery } from '../model/delivery.ts'
import { InviteMeError } from '../model/error.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { LinkView } from '../model/link-view.ts'
import type { Content, Message } from '../model/message.ts'
import type { LinkPurpose, ResponseLink } from '../model/response-link.ts'
import type { ResponseReceipt } from '../model/response.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { contentOf, wordsOf } from '../ledger/content-of.ts'
import { closedReason } from '../rules/record-answer.ts'
import { hashToken } from '../rules/response-link.ts'
import { progressOf, settlementOf } from '../rules/settlement.ts'
import { optOut } from './opt-out.ts'
import { recordResponse } from './record-response.ts'

/** A fresh link is sent at most this often for one delivery, and this many times in all. */
const renewEveryMs = 60_000
const mostRenewals = 10

interface Behind {
  readonly link: ResponseLink
  readonly delivery: Delivery
  readonly message: Message
  /** What was said to this person. */
  readonly content: Content
  readonly invitation: InvitationRecord | undefined
}

/** Looks up what a link leads to; `undefined` for any token that is not one of ours, or of another purpose. */
async function lookBehind(
  parts: StoreParts,
  token: string,
  purpose: LinkPurpose,
): Promise<Behind | undefined> {
  const hash = hashToken(token)
  const link = hash === undefined ? undefined : await parts.links.byHash(hash)
  if (link === undefined || link.purpose !== purpose || link.revokedAt !== null) return undefined
  const [delivery] = await parts.deliveries.byIds([link.deliveryId])
  const message = delivery === undefined ? undefined : await parts.messages.byId(delivery.messageId)
  const invitation = link.invitationId === null ? undefined : await parts.invitations.byId(link.invitationId)
  if (delivery === undefined || message === undefined) return undefined
  const words = await wordsOf(parts, [{ deliveryId: delivery.id, message }])
  const content = contentOf(words, message, delivery.id, delivery.plan[link.position]?.channel ?? null)
  return { link, delivery, message, content, invitation }
}

/** What the page behind a link shows; changes nothing. */
export async function openLink(world: World, token: string, purpose: LinkPurpose): Promise<LinkView> {
  const behind = await lookBehind(world.store, token, purpose)
  if (behind === undefined) return { status: 'unknown' }
  const { link, delivery, message, content, invitation } = behind
  const now = new Date(world.clock.now())
  const locale = delivery.locale ?? world.settings.locale
  const current =
    invitation !== undefined && invitation.revision > 0 && invitation.answeredAt !== null
      ? { value: invitation.value, at: invitation.answeredAt }
      : null
  if (purpose === 'respond' && invitation !== undefined) {
    const closed =
      closedReason(invitation, now) ?? (message.until !== null && now >= message.until ? 'closed' : undefined)
    if (closed !== undefined)
      return {
        status: 'closed',
        reason: closed,
        locale,
        content,
        originator: message.originator,
        current,
        answer: message.answer,
      }
  }
  if (link.expiresAt !== null && now >= link.expiresAt)
    return { status: 'expired', locale, renewable: invitation?.state === 'pending' }
  return {
    status: 'open',
    purpose,
    invitationId: link.invitationId,
    content,
    originator: message.originator,
    answer: message.answer,
    name: delivery.name,
    locale,
    current,
    until: message.until,
    channel: delivery.plan[link.position]?.channel ?? '',
    category: message.category,
  }
}

/**
 * Answers the question behind a `respond` link. An answer by a link that has run out is kept, as late.
 * @throws InviteMeError `LINK_UNKNOWN` for a token that is not ours
 */
export async function answerByLink(
  world: World,
  token: string,
  input: AnswerInput,
): Promise<ResponseReceipt> {
  return world.store.transaction(async (parts) => {
    const behind = await lookBehind(parts, token, 'respond')
    if (behind?.invitation === undefined) {
      throw new InviteMeError('LINK_UNKNOWN', 'This link is not one of ours.', { field: 'token' })
    }
    const { expiresAt } = behind.link
    return recordResponse(world, parts, {
      invitationId: behind.invitation.id,
      deliveryId: behind.delivery.id,
      input,
      via: 'portal',
      isFromAnother: false,
      hasRunOut: expiresAt !== null && world.clock.now() >= expiresAt.getTime(),
    })
  })
}

/** Opts out the address an `unsubscribe` link was sent to. Repeating it changes nothing. */
export async function unsubscribeByLink(
  world: World,
  token: string,
): Promise<{ readonly status: 'done' | 'unknown' }> {
  const unsubscribe = async (parts: StoreParts): Promise<{ readonly status: 'done' | 'unknown' }> => {
    const behind = await lookBehind(parts, token, 'unsubscribe')
    const planned = behind?.delivery.plan[behind.link.position]
    if (planned === undefined) return { status: 'unknown' }
    await optOut(world, parts, planned)
    return { status: 'done' }
  }
  return world.store.transaction(unsubscribe, { alone: true })
}

/** Sends a fresh link by the route the expired one came on, at most once a minute. Tells nobody whether it did. */
export function renewLink(world: World, token: string): Promise<void> {
  return world.store.transaction((parts) => planRenewal(world, parts, token))
}

async function planRenewal(world: World, parts: StoreParts, token: string): Promise<void> {
  const behind = await lookBehind(parts, token, 'respond')
  if (behind === undefined || behind.invitation?.state !== 'pending') return
  const { link, message } = behind
  const [delivery] = await parts.deliveries.lockFree([behind.delivery.id])
  if (delivery === undefined) return
  const now = new Date(world.clock.now())
  const isTooSoon =
    now.getTime() - delivery.updatedAt.getTime() < renewEveryMs ||
    delivery.reminders >= message.remindersMs.length + mostRenewals
  if (link.expiresAt === null || now < link.expiresAt || isTooSoon || delivery.step === 'send') return
  const progress = {
    ...progressOf(delivery),
    position: link.position,
    step: 'send' as const,
    dueAtMs: now.getTime(),
    reminders: delivery.reminders + 1,
    tries: 0,
    routeSinceMs: null,
  }
  await parts.deliveries.rewrite([settlementOf(delivery, progress, { now })])
}
