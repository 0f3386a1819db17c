import type { Delivery, DeliveryReason } from '../model/delivery.ts'
import { houseLane } from '../model/lane.ts'
import type { Settlement } from '../model/settlement.ts'
import type { Progress } from './decide-next.ts'

/** The part of a delivery that decisions change. */
export function progressOf(delivery: Delivery): Progress {
  return {
    state: delivery.state,
    reason: delivery.reason,
    position: delivery.position,
    step: delivery.step,
    dueAtMs: delivery.dueAt?.getTime() ?? null,
    tries: delivery.tries,
    routeSinceMs: delivery.routeSince?.getTime() ?? null,
    acceptedAtMs: delivery.acceptedAt?.getTime() ?? null,
    firstAcceptedAtMs: delivery.firstAcceptedAt?.getTime() ?? null,
    reminders: delivery.reminders,
    doubtful: delivery.doubtful,
  }
}

/** What changes with a settlement beside the progress. */
export interface SettlementChanges {
  readonly now: Date
  /** The attempt that ends with it. */
  readonly attempt?: Settlement['attempt']
  readonly crashes?: number
}

/** Turns a decision into what the store writes. Sends wait in the message's lane, follow-ups in the house lane. */
export function settlementOf(
  delivery: Delivery,
  progress: Progress,
  { now, attempt = null, crashes = delivery.crashes }: SettlementChanges,
): Settlement {
  const { dueAtMs, routeSinceMs, acceptedAtMs, firstAcceptedAtMs, ...same } = progress
  const isSend = progress.step === 'send'
  return {
    deliveryId: delivery.id,
    ...same,
    dueAt: moment(dueAtMs),
    dueChannel: isSend ? (delivery.plan[progress.position]?.channel ?? '') : '',
    dueLane: isSend ? delivery.lane : houseLane,
    attempts: attempt?.number ?? delivery.attempts,
    routeSince: moment(routeSinceMs),
    acceptedAt: moment(acceptedAtMs),
    firstAcceptedAt: moment(firstAcceptedAtMs),
    crashes,
    updatedAt: now,
    attempt,
  }
}

/** Progress of a delivery about which nothing more is to be done: the question is answered, over or called off. */
export function stoodDown(progress: Progress, reason: DeliveryReason): Progress {
  const wasSent = progress.firstAcceptedAtMs !== null
  return {
    ...progress,
    ...(!wasSent && { state: reason === 'deadline' ? ('expired' as const) : ('cancelled' as const), reason }),
    dueAtMs: null,
  }
}

/** The settlement that ends all work on a delivery. */
export function standDown(delivery: Delivery, reason: DeliveryReason, now: Date): Settlement {
  return settlementOf(delivery, stoodDown(progressOf(delivery), reason), { now })
}

function moment(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
