import type { Delivery } from '../model/delivery.ts'
import { InviteMeError } from '../model/error.ts'
import type { FactReference, FactResult, InboundFact } from '../model/inbound-fact.ts'
import type { Message } from '../model/message.ts'
import type { Channel } from '../ports/channel.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import {
  decideNextRoute,
  followUpDue,
  furtherState,
  isFinal,
  type DecisionInput,
} from '../rules/decide-next.ts'
import { markAddress } from '../rules/mark-address.ts'
import { deliveryEvent, deliveryReceipt, invitationEvent } from '../rules/record.ts'
import { hashToken } from '../rules/response-link.ts'
import { progressOf, settlementOf } from '../rules/settlement.ts'
import { newId } from '../rules/uuid.ts'
import { optIn, optOut } from './opt-out.ts'
import { recordResponse } from './record-response.ts'

/** Times a fact waits for a worker that holds its delivery, 50 ms apart, before it is given back to its sender. */
const patience = 40

class Held extends Error {
  override readonly name = 'Held'
}

/**
 * Records one fact, once: the same id again changes nothing. A fact that fits no delivery is not remembered, so that its
 * sender's next try may find what is not yet written.
 *
 * @throws InviteMeError `STORE_BUSY` when its delivery stays in a worker's hands; the sender should try again
 */
export async function recordFact(world: World, channel: Channel, fact: InboundFact): Promise<FactResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await world.store.transaction((parts) => recordOnce(world, parts, channel, fact))
    } catch (error) {
      if (!(error instanceof Held)) throw error
      if (attempt >= patience)
        throw new InviteMeError(
          'STORE_BUSY',
          'This delivery is being worked on; send the fact again later.',
          { cause: error },
        )
      await new Promise<void>((resolve) => world.clock.schedule(50, resolve))
    }
  }
}

async function recordOnce(
  world: World,
  parts: StoreParts,
  channel: Channel,
  fact: InboundFact,
): Promise<FactResult> {
  const result = (result: FactResult['result'], more: Partial<FactResult> = {}): FactResult => ({
    id: fact.id,
    kind: fact.kind,
    result,
    invitationId: null,
    answer: null,
    ...more,
  })
  if (fact.kind === 'ignored') return result('ignored')
  const found = 'reference' in fact ? await findDelivery(parts, channel, fact.reference) : undefined
  if ('reference' in fact && found === undefined) return result('unmatched')
  const now = new Date(world.clock.now())
  const fresh = await parts.outbox.remember(channel.name, [fact.id], now)
  if (fresh.length === 0) return result('repeated', { invitationId: found?.delivery.invitationId ?? null })

  switch (fact.kind) {
    case 'opted_out':
      await optOut(world, parts, channel, fact.address)
      return result('recorded')
    case 'opted_in':
      await optIn(parts, channel, fact.address)
      return result('recorded')
    case 'answer': {
      if (found === undefined || found.delivery.invitationId === null) return result('unmatched')
      const { delivery } = found
      const invited = delivery.plan[found.position]?.address
      const isFromAnother =
        fact.from !== undefined &&
        invited !== undefined &&
        sameSpelling(channel, fact.from) !== sameSpelling(channel, invited)
      const receipt = await recordResponse(world, parts, {
        invitationId: found.delivery.invitationId,
        deliveryId: delivery.id,
        input: fact.input,
        via: channel.name,
        isFromAnother,
      })
      return result('recorded', { invitationId: receipt.invitationId, answer: receipt.status })
    }
    case 'delivered':
    case 'read':
      if (found !== undefined) await moveForward(world, parts, channel, found, fact.kind)
      return result('recorded', { invitationId: found?.delivery.invitationId ?? null })
    case 'failed':
      if (found !== undefined) await failLater(world, parts, channel, found, fact)
      return result('recorded', { invitationId: found?.delivery.invitationId ?? null })
  }
}

interface Found {
  readonly delivery: Delivery
  /** Route of the plan the fact speaks of. */
  readonly position: number
}

async function findDelivery(
  parts: StoreParts,
  channel: Channel,
  reference: FactReference,
): Promise<Found | undefined> {
  const place = await findPlace(parts, channel, reference)
  if (place === undefined) return undefined
  const [delivery] = await parts.deliveries.byIds([place.deliveryId])
  return delivery === undefined ? undefined : { delivery, position: place.position ?? delivery.position }
}

async function findPlace(
  parts: StoreParts,
  channel: Channel,
  reference: FactReference,
): Promise<{ readonly deliveryId: string; readonly position?: number } | undefined> {
  switch (reference.by) {
    case 'token': {
      const hash = hashToken(reference.token)
      const link = hash === undefined ? undefined : await parts.links.byHash(hash)
      return link === undefined || link.purpose !== 'reply' || link.revokedAt !== null ? undefined : link
    }
    case 'provider-message':
      return parts.deliveries.attemptByProviderId(channel.name, reference.providerMessageId)
    case 'address': {
      const [newest] = await parts.invitations.openByAddress(
        { channel: channel.name, address: sameSpelling(channel, reference.address) },
        1,
      )
      return newest
    }
  }
}

function sameSpelling(channel: Channel, address: string): string {
  const checked = channel.address?.(address)
  return (checked?.ok === true ? checked.address : address).toLowerCase()
}

async function inputFor(
  world: World,
  parts: StoreParts,
  delivery: Delivery,
): Promise<DecisionInput | undefined> {
  const message = await parts.messages.byId(delivery.messageId)
  return message === undefined
    ? undefined
    : {
        delivery,
        progress: progressOf(delivery),
        terms: terms(message),
        policies: world.settings.policies,
        nowMs: world.clock.now(),
        fraction: world.random.fraction(),
      }
}

function terms(message: Message) {
  return {
    wantsAnswer: message.answer !== null,
    onUnknown: message.onUnknown,
    remindersMs: message.remindersMs,
    untilMs: message.until?.getTime() ?? null,
  }
}

/** States move only forward: a late "delivered" after "read", or after the end, leaves its receipt and changes nothing. */
async function moveForward(
  world: World,
  parts: StoreParts,
  channel: Channel,
  { delivery, position }: Found,
  kind: 'delivered' | 'read',
): Promise<void> {
  const now = new Date(world.clock.now())
  const routeId = delivery.plan[position]?.routeId ?? null
  await parts.receipts.append([
    deliveryReceipt(newId(world), kind, delivery, now, { channel: channel.name, routeId }),
  ])
  const state = furtherState(delivery.state, kind)
  if (state === delivery.state || isFinal(delivery.state)) return
  const input = await inputFor(world, parts, delivery)
  if (input === undefined) return
  const progress = { ...input.progress, state }
  const dueAtMs =
    progress.step === 'follow_up' && progress.dueAtMs !== null
      ? followUpDue({ ...input, progress })
      : progress.dueAtMs
  await rewriteOrWait(parts, delivery, { ...progress, dueAtMs }, now)
  await parts.outbox.append([
    deliveryEvent(kind === 'read' ? 'delivery.read' : 'delivery.delivered', delivery, now, {
      channel: channel.name,
    }),
  ])
}

/** A bounce after acceptance: the address is marked, and the next route is taken when this one was still the one in use. */
async function failLater(
  world: World,
  parts: StoreParts,
  channel: Channel,
  { delivery, position }: Found,
  fact: InboundFact & { kind: 'failed' },
): Promise<void> {
  const now = new Date(world.clock.now())
  const { outcome } = fact
  const planned = delivery.plan[position]
  await parts.receipts.append([
    deliveryReceipt(newId(world), 'bounced', delivery, now, {
      channel: channel.name,
      routeId: planned?.routeId ?? null,
      outcome: outcome.status,
      scope: outcome.scope,
      providerCode: outcome.providerCode ?? null,
      detail: outcome.detail ?? null,
    }),
  ])
  const mark = markAddress(outcome)
  if (mark !== undefined && planned !== undefined) {
    const where = { channel: channel.name, address: planned.address }
    await parts.recipients.setRouteState(where, mark.state)
    await parts.recipients.suppress([{ ...where, reason: mark.reason, at: now }])
    await parts.outbox.append([deliveryEvent(mark.event, delivery, now, { channel: channel.name })])
  }
  const isOver =
    isFinal(delivery.state) ||
    delivery.dueAt === null ||
    (delivery.step === 'send' && delivery.position !== position)
  const wasLast = delivery.dueAt === null && !isFinal(delivery.state)
  if (delivery.position !== position || (isOver && !wasLast)) return
  const invitation =
    delivery.invitationId === null ? undefined : await parts.invitations.lock(delivery.invitationId)
  if (invitation !== undefined && invitation.state !== 'pending') return
  const input = await inputFor(world, parts, delivery)
  if (input === undefined) return
  const attempts = await parts.deliveries.attempts(delivery.id)
  const hasOther = attempts.some(
    (attempt) =>
      attempt.position !== position && (attempt.state === 'accepted' || attempt.state === 'unknown'),
  )
  const { progress } = decideNextRoute(
    {
      ...input,
      progress: {
        ...input.progress,
        acceptedAtMs: null,
        firstAcceptedAtMs: hasOther ? input.progress.firstAcceptedAtMs : null,
      },
    },
    'permanent',
  )
  await rewriteOrWait(parts, delivery, progress, now)
  if (progress.state !== 'failed') return
  await parts.outbox.append([deliveryEvent('delivery.failed', delivery, now, { reason: progress.reason })])
  if (invitation === undefined) return
  const others = await parts.deliveries.list({ invitationId: invitation.id }, { limit: 100 })
  if (
    others.some(
      (other) => other.id !== delivery.id && other.state !== 'failed' && other.state !== 'suppressed',
    )
  )
    return
  await parts.invitations.update({ ...invitation, state: 'unreachable', closedAt: now })
  await parts.outbox.append([
    invitationEvent('invitation.unreachable', invitation, now, { reason: progress.reason }),
  ])
}

async function rewriteOrWait(
  parts: StoreParts,
  delivery: Delivery,
  progress: ReturnType<typeof progressOf>,
  now: Date,
): Promise<void> {
  const written = await parts.deliveries.rewrite([settlementOf(delivery, progress, { now })])
  if (written.length === 0) throw new Held('the delivery is held by a worker')
}
