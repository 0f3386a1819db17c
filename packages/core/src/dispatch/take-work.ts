import { categoryOf } from '../model/category.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import { lanes, type Lane } from '../model/lane.ts'
import type { Message } from '../model/message.ts'
import type { SkipReason } from '../model/plan.ts'
import { noPreferences } from '../model/preference.ts'
import type { Recipient } from '../model/recipient.ts'
import type { ResponseLink } from '../model/response-link.ts'
import type { WorkItem } from '../model/work-item.ts'
import type { ClaimedDelivery, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { waiting } from '../rules/decide-next.ts'
import { recheckRoute } from '../rules/plan-delivery.ts'
import { refusalsAmong } from '../rules/refused-places.ts'
import { endDelivery, type Ending } from './end-delivery.ts'
import { followMoves } from './follow-moves.ts'
import type { Gate } from './gate.ts'
import { findMessages, type MessageCache } from './message-cache.ts'
import { prepareSend, type ReadySend } from './prepare-send.ts'
import { contentOf, wordsOf } from '../ledger/content-of.ts'
import { holdFor, holdReceipt, mayWait, type Hold } from '../ledger/hold.ts'
import { settle } from '../ledger/settle.ts'
import { progressOf } from '../rules/settlement.ts'
import type { BucketRequest, Reservations } from './address-buckets.ts'

/** What a look for work brought. */
export interface TakenWork {
  readonly sends: readonly ReadySend[]
  /** Deliveries taken, whether or not something is left to send. */
  readonly count: number
  /** What to book with the channel's inner limits, now that it is written down. */
  readonly reserved: Reservations
}

/** Who holds the leases and until when. */
export interface Lease {
  readonly worker: string
  readonly until: Date
}

/** How a look for work is made. */
export interface Look {
  readonly lease: Lease
  readonly cache: MessageCache
  readonly patienceMs: number
  /** What was handed over by name, or the lanes in which something is due. */
  readonly wanted: { readonly named: readonly WorkItem[] } | { readonly lanes: ReadonlySet<Lane> }
}

/**
 * Takes due deliveries of one channel, looks again whether each may still be sent, and writes down that it is about to be:
 * one transaction.
 */
export async function takeWork(
  world: World,
  gate: Gate,
  { lease, cache, patienceMs, wanted }: Look,
): Promise<TakenWork> {
  const take = async (parts: StoreParts): Promise<TakenWork> => {
    const taken =
      'lanes' in wanted
        ? await claimByShares(world, parts, gate, lease, wanted.lanes)
        : await parts.deliveries.claimNamed({
            ...claimOf(world, gate, lease),
            ids: wanted.named.map(({ deliveryId }) => deliveryId),
          })
    const reserved: Reservations = new Map()
    if (taken.length === 0) return { sends: [], count: 0, reserved }
    const found = await gatherFacts(parts, taken, cache)
    const claims = await followMoves(parts, taken, found.recipients)
    const facts = claims === taken ? found : { ...found, refusalOf: await refusalsOf(parts, claims) }
    const words = await wordsOf(
      parts,
      claims.map(({ id, messageId }) => ({ deliveryId: id, message: facts.messages.get(messageId) })),
    )
    const sends: ReadySend[] = []
    const links: ResponseLink[] = []
    for (const delivery of claims) {
      const ending = reasonNotToSend(world, delivery, facts)
      const message = facts.messages.get(delivery.messageId)
      if (ending !== undefined) await endDelivery(world, parts, ending)
      if (ending !== undefined || message === undefined) continue
      const recipient = facts.recipients.get(delivery.recipientId ?? '')
      const hold = mayWait(message) ? await holdFor(world, message, recipient) : null
      if (hold !== null) {
        await holdBack(world, parts, delivery, hold)
        continue
      }
      const waitMs = gate.reserve(bucketRequest(delivery), reserved)
      if (waitMs > 0) {
        await putOff(world, parts, delivery, { message, waitMs })
        continue
      }
      const made = prepareSend(world, parts, gate.channel, {
        delivery,
        message,
        content: contentOf(words, message, delivery.id, gate.channel.name),
        zone: recipient?.zone,
      })
      const prepared = made instanceof Promise ? await made : made
      links.push(...prepared.links)
      sends.push(prepared.send)
    }
    await parts.deliveries.startAttempts(sends.map(({ attempt }) => attempt))
    if (links.length > 0) await parts.links.issue(links)
    return { sends, count: claims.length, reserved }
  }
  return world.store.transaction(take, { patienceMs })
}

function claimOf(world: World, { channel }: Gate, { worker, until }: Lease) {
  return { channel: channel.name, now: new Date(world.clock.now()), worker, leaseUntil: until }
}

async function claimByShares(
  world: World,
  parts: StoreParts,
  gate: Gate,
  lease: Lease,
  due: ReadonlySet<Lane>,
): Promise<readonly ClaimedDelivery[]> {
  const slots = gate.freeSlots()
  const claims: ClaimedDelivery[] = []
  const claim = async (lane: Lane, limit: number): Promise<number> => {
    if (limit <= 0 || !due.has(lane)) return 0
    const taken = await parts.deliveries.claimDue({ ...claimOf(world, gate, lease), lane, limit })
    claims.push(...taken)
    return taken.length
  }
  const quota = gate.share(slots)
  for (const lane of lanes) {
    // With nothing due beside it, a lane is asked once for its share and for what the others leave over.
    const limit = due.size === 1 && due.has(lane) ? slots : quota[lane]
    if ((await claim(lane, limit)) < quota[lane]) gate.bookEmpty(lane)
  }
  // What some lanes could not use is offered to the others, the most urgent first.
  for (const lane of lanes) await claim(lane, slots - claims.length)
  return claims
}

interface Facts {
  readonly messages: ReadonlyMap<string, Message>
  readonly invitations: ReadonlyMap<string, InvitationRecord>
  readonly recipients: ReadonlyMap<string, Recipient>
  readonly refusalOf: ReturnType<typeof refusalsAmong>
}

async function gatherFacts(
  parts: StoreParts,
  claims: readonly ClaimedDelivery[],
  cache: MessageCache,
): Promise<Facts> {
  // Asked at once: of a store that is far away each costs its journey.
  const [messages, invitations, recipients, refusalOf] = await Promise.all([
    findMessages(
      parts,
      claims.map(({ messageId }) => messageId),
      cache,
    ),
    parts.invitations.byIds(present(claims.map(({ invitationId }) => invitationId))),
    parts.recipients.byIds(present(claims.map(({ recipientId }) => recipientId))),
    refusalsOf(parts, claims),
  ])
  return {
    messages,
    invitations: new Map(invitations.map((invitation) => [invitation.id, invitation])),
    recipients: new Map(recipients.map((recipient) => [recipient.id, recipient])),
    refusalOf,
  }
}

/** What the addresses the deliveries are about to go to have refused. */
async function refusalsOf(
  parts: StoreParts,
  claims: readonly ClaimedDelivery[],
): Promise<Facts['refusalOf']> {
  const places = claims.flatMap(({ plan, position }) => plan[position] ?? [])
  return refusalsAmong(await parts.recipients.suppressed(places))
}

function reasonNotToSend(world: World, delivery: ClaimedDelivery, facts: Facts): Ending | undefined {
  const message = facts.messages.get(delivery.messageId)
  if (message === undefined) return { delivery, reason: 'cancelled', question: null }
  const invitation = delivery.invitationId === null ? undefined : facts.invitations.get(delivery.invitationId)
  if (invitation !== undefined && invitation.state !== 'pending')
    return {
      delivery,
      reason: invitation.revision > 0 ? 'answered' : 'cancelled',
      question: invitation.id,
    }
  if (message.until !== null && world.clock.now() >= message.until.getTime())
    return { delivery, reason: 'deadline', question: null }
  const refusal = refusedNow(world, delivery, message, facts)
  return refusal === undefined ? undefined : { delivery, reason: 'skip', message, skip: refusal }
}

function refusedNow(
  world: World,
  delivery: ClaimedDelivery,
  message: Message,
  facts: Facts,
): SkipReason | undefined {
  const planned = delivery.plan[delivery.position]
  if (planned === undefined) return 'blocked'
  const category = categoryOf(world.settings.categories, message.category)
  const recipient = delivery.recipientId === null ? undefined : facts.recipients.get(delivery.recipientId)
  const route = recipient?.routes.find(
    (known) => known.channel === planned.channel && known.address === planned.address,
  )
  if (recipient !== undefined && route === undefined) return 'blocked'
  const state = route?.state ?? ('open' as const)
  const now = { channel: planned.channel, state, ...facts.refusalOf(planned, category) }
  return recheckRoute(now, {
    preferences: recipient?.preferences ?? noPreferences,
    category,
  })
}

function bucketRequest({ dueAt, lane, plan, position, updatedAt }: ClaimedDelivery): BucketRequest {
  const address = plan[position]?.address ?? ''
  return { address, lane, hasWaited: dueAt !== null && dueAt > updatedAt }
}

/** A chat or mail domain has had its share for now: this one waits, the others do not. It costs no try. */
async function putOff(
  world: World,
  parts: StoreParts,
  delivery: ClaimedDelivery,
  { message, waitMs }: { readonly message: Message; readonly waitMs: number },
): Promise<void> {
  const progress = progressOf(delivery)
  const state = waiting(progress.state)
  // Its deadline may be nearer than its turn, and must not be missed.
  const dueAtMs = Math.min(world.clock.now() + waitMs, message.until?.getTime() ?? Infinity)
  await settle(world, parts, delivery, { ...progress, state, dueAtMs })
}

/** The person's hours are over, or are other ones by now: it waits for the next. It costs no try. */
async function holdBack(
  world: World,
  parts: StoreParts,
  delivery: ClaimedDelivery,
  hold: Hold,
): Promise<void> {
  const progress = progressOf(delivery)
  // What was sent before does not count as never sent because a reminder waits.
  const state = progress.firstAcceptedAtMs === null ? 'held' : waiting(progress.state)
  await parts.receipts.append([holdReceipt(world, delivery, hold, new Date(world.clock.now()))])
  await settle(world, parts, delivery, { ...progress, state, dueAtMs: hold.until.getTime() })
}

function present(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== null))]
}
