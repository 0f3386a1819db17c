import type { DeliveryWindow } from '../model/delivery-window.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'
import type { Recipient } from '../model/recipient.ts'
import type { Receipt } from '../model/receipt.ts'
import type { World } from '../ports/world.ts'
import type * as DeliveryWindows from '../rules/delivery-window.ts'
import { deliveryReceipt, routeOf } from '../rules/record.ts'
import { newId } from '../rules/uuid.ts'

/** Until when a message is held back, and how that is told. */
export interface Hold {
  readonly until: Date
  /** `2026-01-06 09:00 in Asia/Kathmandu` */
  readonly words: string
}

/** Loaded when somebody's hours matter for the first time: the rules of time zones take a program some milliseconds. */
let rules: Promise<typeof DeliveryWindows> | undefined

/** What of a message says whether it waits. */
type Terms = Pick<Message, 'urgency' | 'deliverBy' | 'until'>
/** What of a person says when they may be written to; `undefined` for a bare address. */
type Person = Pick<Recipient, 'zone' | 'preferences'> | undefined

/** Whether a message may have to wait for anybody at all; without it nobody's hours are looked at. */
export function mayWait({ urgency }: Terms): boolean {
  return urgency === 'window'
}

/**
 * Whether a message must wait for the hours of a person. Those whose zone is not known have none, but by the policy `unknownZone`.
 *
 * @returns `null` when it may be sent now
 */
export async function holdFor(
  { clock, settings }: Pick<World, 'clock' | 'settings'>,
  message: Terms,
  person: Person,
): Promise<Hold | null> {
  const zone = person?.zone ?? (settings.policies.unknownZone === 'workspace' ? settings.zone : null)
  const window: DeliveryWindow = person?.preferences.window ?? settings.policies.window
  if (!mayWait(message) || zone === null || window === 'any') return null
  const { momentIn, nextOpening } = await (rules ??= import('../rules/delivery-window.ts'))
  const nowMs = clock.now()
  const opensMs = nextOpening(window, zone, nowMs)
  const untilMs = message.until?.getTime() ?? Infinity
  if (opensMs <= nowMs || (opensMs >= untilMs && message.deliverBy === 'break')) return null
  // Held beyond its deadline, it falls due then and expires.
  const heldMs = Math.min(opensMs, untilMs)
  return Number.isFinite(heldMs) ? { until: new Date(heldMs), words: momentIn(zone, heldMs) } : null
}

/** Says that a delivery is held back, and until when. */
export function holdReceipt(world: World, delivery: Delivery, { words }: Hold, now: Date): Receipt {
  return deliveryReceipt(newId(world), 'held', delivery, now, {
    ...routeOf(delivery),
    detail: `until ${words}`,
  })
}
