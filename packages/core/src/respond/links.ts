import { announceDue } from '../ledger/announce-due.ts'
import { contentOf, wordsOf } from '../ledger/content-of.ts'
import { writeWishes } from '../ledger/write-wishes.ts'
import type { AnswerInput } from '../model/answer.ts'
import { categoryOf } from '../model/category.ts'
import type { Delivery } from '../model/delivery.ts'
import { InviteMeError } from '../model/error.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { LinkView } from '../model/link-view.ts'
import type { Content, Message } from '../model/message.ts'
import type { Recipient } from '../model/recipient.ts'
import type { LinkPurpose, ResponseLink } from '../model/response-link.ts'
import type { ResponseReceipt } from '../model/response.ts'
import type { DueHint } from '../ports/queue.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { switchCategory } from '../rules/category-choice.ts'
import { closedReason } from '../rules/record-answer.ts'
import { hashToken } from '../rules/response-link.ts'
import { progressOf, settlementOf } from '../rules/settlement.ts'
import { optOut, refusableCategory } from './opt-out.ts'
import { issueLink } from './preferences.ts'
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
    ...(purpose === 'unsubscribe' && { stop: await stopsBehind(world, behind) }),
  }
}

async function stopsBehind(
  { settings, store }: World,
  { delivery, message }: Behind,
): Promise<NonNullable<Extract<LinkView, { status: 'open' }>['stop']>> {
  const category = categoryOf(settings.categories, message.category)
  const [person] = delivery.recipientId === null ? [] : await store.recipients.byIds([delivery.recipientId])
  return { category: category.required ? null : category, hasPreferences: person !== undefined }
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

/**
 * Stops what an `unsubscribe` link came with. `category`: this kind of message alone, by this channel (everything when nobody can
 * switch that kind off); a person who is known has it in their preferences, of a bare address it is suppressed. `everything`: the
 * address is opted out. Repeating it changes nothing.
 */
export async function unsubscribeByLink(
  world: World,
  token: string,
  { from, by }: { readonly from: 'category' | 'everything'; readonly by: 'link' | 'one-click' },
): Promise<{ readonly status: 'done' | 'unknown' }> {
  const unsubscribe = async (parts: StoreParts): Promise<readonly DueHint[] | undefined> => {
    const behind = await lookBehind(parts, token, 'unsubscribe')
    const planned = behind?.delivery.plan[behind.link.position]
    if (behind === undefined || planned === undefined) return undefined
    const category = from === 'category' ? refusableCategory(world, behind.message.category) : null
    const person = category === null ? undefined : await lockPerson(parts, behind)
    if (category !== null && person !== undefined) {
      const preferences = switchCategory(
        person.preferences,
        categoryOf(world.settings.categories, category),
        { channel: planned.channel, wanted: false },
      )
      return writeWishes(world, parts, person, { wishes: { preferences, zone: person.zone }, source: by })
    }
    await optOut(world, parts, planned, { source: by, category })
    return []
  }
  const hints = await world.store.transaction(unsubscribe, { alone: true })
  if (hints === undefined) return { status: 'unknown' }
  await announceDue(world, hints)
  return { status: 'done' }
}

/** A known person who still has the address; whoever else has it says nothing about their preferences. */
async function lockPerson(parts: StoreParts, { delivery, link }: Behind): Promise<Recipient | undefined> {
  const [known] = delivery.recipientId === null ? [] : await parts.recipients.byIds([delivery.recipientId])
  const person = known === undefined ? undefined : await parts.recipients.lock(known.externalId)
  const planned = delivery.plan[link.position]
  return person?.routes.some(
    ({ channel, address }) => channel === planned?.channel && address === planned.address,
  ) === true
    ? person
    : undefined
}

/** How long the page of preferences works that is opened from a page of ours. */
const preferencesLifeMs = 86_400_000

/** Makes a link to the preferences of the person an `unsubscribe` link was sent to. */
export async function preferencesByUnsubscribeLink(
  world: World,
  token: string,
): Promise<{ readonly status: 'done'; readonly token: string } | { readonly status: 'unknown' }> {
  const behind = await lookBehind(world.store, token, 'unsubscribe')
  const recipientId = behind?.delivery.recipientId ?? null
  const [person] = recipientId === null ? [] : await world.store.recipients.byIds([recipientId])
  if (person === undefined) return { status: 'unknown' }
  const link = await issueLink(world, world.store, person.id, preferencesLifeMs)
  return { status: 'done', token: link.token }
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
