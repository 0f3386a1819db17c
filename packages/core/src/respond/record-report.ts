import type { Delivery } from '../model/delivery.ts'
import type { InboundFact } from '../model/inbound-fact.ts'
import { decisionInput } from '../ledger/decision-input.ts'
import { markAddress } from '../ledger/mark-address.ts'
import { rewrite } from '../ledger/settle.ts'
import type { Channel } from '../ports/channel.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { decideNextRoute, followUpDue, furtherState, isFinal, type Progress } from '../rules/decide-next.ts'
import { deliveryEvent, deliveryReceipt, routeOf } from '../rules/record.ts'
import { newId } from '../rules/uuid.ts'
import { messageOf, type Found } from './find-delivery.ts'
import { Held, lockUnchanged } from './until-free.ts'

/** States move only forward: a late "delivered" after "read", or after the end, leaves its receipt and changes nothing. */
export async function recordProgress(
  world: World,
  parts: StoreParts,
  channel: Channel,
  { delivery, position }: Found,
  { kind, detail = null }: { readonly kind: 'delivered' | 'read'; readonly detail?: string | null },
): Promise<void> {
  const now = new Date(world.clock.now())
  const routeId = delivery.plan[position]?.routeId ?? null
  await parts.receipts.append([
    deliveryReceipt(newId(world), kind, delivery, now, { channel: channel.name, routeId, detail }),
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
export async function recordLateFailure(
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
  // The question before the address, as everybody locks who wants both.
  const invitation =
    delivery.invitationId === null ? undefined : await parts.invitations.lock(delivery.invitationId)
  await markAddress(world, parts, delivery, position, outcome)
  if (isFinal(delivery.state) || delivery.position !== position) return
  if (delivery.invitationId !== null && invitation?.state !== 'pending') return
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

/** The person called our message spam: nothing more goes to that address. The question itself stays open. */
export async function recordComplaint(
  world: World,
  parts: StoreParts,
  { delivery, position }: Found,
): Promise<void> {
  const planned = delivery.plan[position]
  if (planned === undefined) return
  const now = new Date(world.clock.now())
  const place = { channel: planned.channel, address: planned.address }
  // It weighs more than an earlier "stop", after which a calendar may still be told that a dinner is off.
  const everything = { ...place, category: null }
  await parts.recipients.unsuppress(everything)
  await parts.recipients.suppress([
    { id: newId(world), ...everything, reason: 'complained', source: 'complaint', at: now },
  ])
  await parts.recipients.setRouteState(place, 'opted_out')
  await parts.receipts.append([
    deliveryReceipt(newId(world), 'complained', delivery, now, routeOf(delivery, position)),
  ])
  const data = { channel: planned.channel, reason: 'complained' }
  await parts.outbox.append([deliveryEvent('recipient.opted_out', delivery, now, data)])
}

/** Writes only what was decided on how the delivery stands now; else all is looked at again. */
async function rewriteOrWait(
  world: World,
  parts: StoreParts,
  delivery: Delivery,
  progress: Progress,
): Promise<void> {
  await lockUnchanged(parts, delivery)
  if (!(await rewrite(world, parts, delivery, progress))) throw new Held('the delivery is held by a worker')
}
