import type { Delivery } from '../model/delivery.ts'
import { InviteMeError } from '../model/error.ts'
import type { FactReference, FactResult, InboundFact } from '../model/inbound-fact.ts'
import type { Message } from '../model/message.ts'
import { decisionInput } from '../ledger/decision-input.ts'
import { markAddress } from '../ledger/mark-address.ts'
import { rewrite } from '../ledger/settle.ts'
import type { Channel } from '../ports/channel.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { decideNextRoute, followUpDue, furtherState, isFinal, type Progress } from '../rules/decide-next.ts'
import { deliveryEvent, deliveryReceipt, routeOf } from '../rules/record.ts'
import { hashToken } from '../rules/response-link.ts'
import { newId } from '../rules/uuid.ts'
import { optIn, optOut, placeOf } from './opt-out.ts'
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
    hint: null,
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
      await optOut(world, parts, placeOf(channel, fact.address))
      return result('recorded')
    case 'opted_in':
      await optIn(parts, placeOf(channel, fact.address))
      return result('recorded')
    case 'answer': {
      if (found === undefined || found.delivery.invitationId === null) return result('ignored')
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
        hasRunOut: found.expiresAt !== null && now >= found.expiresAt,
      })
      return result('recorded', {
        invitationId: receipt.invitationId,
        answer: receipt.status,
        hint: 'hint' in receipt ? receipt.hint : null,
      })
    }
    case 'delivered':
    case 'read':
      if (found !== undefined) await moveForward(world, parts, channel, found, fact.kind)
      return result('recorded', { invitationId: found?.delivery.invitationId ?? null })
    case 'failed':
      if (found !== undefined) await failLater(world, parts, found, fact)
      return result('recorded', { invitationId: found?.delivery.invitationId ?? null })
  }
}

interface Found {
  readonly delivery: Delivery
  /** Route of the plan the fact speaks of. */
  readonly position: number
  /** When the token it came by runs out; `null` for facts without one. */
  readonly expiresAt: Date | null
}

async function findDelivery(
  parts: StoreParts,
  channel: Channel,
  reference: FactReference,
): Promise<Found | undefined> {
  const place = await findPlace(parts, channel, reference)
  if (place === undefined) return undefined
  const [delivery] = await parts.deliveries.byIds([place.deliveryId])
  if (delivery === undefined) return undefined
  return { delivery, position: place.position ?? delivery.position, expiresAt: place.expiresAt ?? null }
}

interface Place {
  readonly deliveryId: string
  readonly position?: number
  readonly expiresAt?: Date | null
}

async function findPlace(
  parts: StoreParts,
  channel: Channel,
  reference: FactReference,
): Promise<Place | undefined> {
  switch (reference.by) {
    case 'token': {
      const hash = hashToken(reference.token)
      const link = hash === undefined ? undefined : await parts.links.byHash(hash)
      return link === undefined || link.purpose !== 'reply' || link.revokedAt !== null ? undefined : link
    }
    case 'provider-message':
      return parts.deliveries.attemptByProviderId(channel.name, reference.providerMessageId)
    case 'address': {
      const [newest] = await parts.invitations.openByAddress(placeOf(channel, reference.address), 1)
      return newest
    }
  }
}

function sameSpelling(channel: Channel, address: string): string {
  return placeOf(channel, address).address.toLowerCase()
}

async function messageOf(parts: StoreParts, delivery: Delivery): Promise<Message> {
  const message = await parts.messages.byId(delivery.messageId)
  if (message !== undefined) return message
  throw new InviteMeError('INTERNAL', `The message of delivery "${delivery.id}" is missing.`)
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
  const input = decisionInput(world, delivery, await messageOf(parts, delivery))
  const progress = { ...input.progress, state }
  const waits = progress.step === 'follow_up' && progress.dueAtMs !== null
  const dueAtMs = waits ? followUpDue({ ...input, progress }) : progress.dueAtMs
  await rewriteOrWait(world, parts, delivery, { ...progress, dueAtMs })
  const type = kind === 'read' ? 'delivery.read' : 'delivery.delivered'
  await parts.outbox.append([deliveryEvent(type, delivery, now, { channel: channel.name })])
}

/**
 * A failure after acceptance: the address is marked, and the next route is taken when this one is still the one in use
 * and nobody has answered.
 */
async function failLater(
  world: World,
  parts: StoreParts,
  { delivery, position }: Found,
  { outcome }: InboundFact & { kind: 'failed' },
): Promise<void> {
  const now = new Date(world.clock.now())
  await parts.receipts.append([
    deliveryReceipt(newId(world), 'bounced', delivery, now, {
      ...routeOf(delivery, position),
      outcome: outcome.status,
      scope: outcome.scope,
      providerCode: outcome.providerCode ?? null,
      detail: outcome.detail ?? null,
    }),
  ])
  await markAddress(world, parts, delivery, position, outcome)
  if (isFinal(delivery.state) || delivery.position !== position) return
  if (delivery.invitationId !== null) {
    const invitation = await parts.invitations.lock(delivery.invitationId)
    if (invitation?.state !== 'pending') return
  }
  const input = decisionInput(world, delivery, await messageOf(parts, delivery))
  const attempts = await parts.deliveries.attempts(delivery.id)
  const mayHaveArrived = attempts.some(
    (attempt) =>
      attempt.position !== position && (attempt.state === 'accepted' || attempt.state === 'unknown'),
  )
  const firstAcceptedAtMs = mayHaveArrived ? input.progress.firstAcceptedAtMs : null
  const returned = { ...input.progress, acceptedAtMs: null, firstAcceptedAtMs }
  const { progress } = decideNextRoute({ ...input, progress: returned }, 'permanent')
  await rewriteOrWait(world, parts, delivery, progress)
}

async function rewriteOrWait(
  world: World,
  parts: StoreParts,
  delivery: Delivery,
  progress: Progress,
): Promise<void> {
  if (!(await rewrite(world, parts, delivery, progress))) throw new Held('the delivery is held by a worker')
}
