import type { DeliveryReason } from '../model/delivery.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { standDown } from '../rules/settlement.ts'
import { planEdits } from './plan-edits.ts'

/** What ended a question, and how it is known. */
export interface QuestionEnd {
  readonly invitationId: string
  readonly messageId: string
  readonly reason: DeliveryReason
  /** Channel by which the end came, when it came by one. */
  readonly via?: string
  /** True when its person had declined before. */
  readonly hadDeclined?: boolean
}

/**
 * Closes every other way to a question that is over: ends the work still to be done on its deliveries (those that have ended
 * stay as they ended), and plans that what was sent says so.
 */
export async function standDownAll(
  world: World,
  parts: StoreParts,
  { invitationId, messageId, reason, ...end }: QuestionEnd,
): Promise<void> {
  const now = new Date(world.clock.now())
  const deliveries = await parts.deliveries.list({ invitationId }, { limit: 100 })
  const open = deliveries.filter(({ dueAt }) => dueAt !== null)
  // What a worker has meanwhile it settles itself, and sees then that the question is over.
  const free = open.length === 0 ? [] : await parts.deliveries.lockFree(open.map(({ id }) => id))
  const waiting = free.filter(({ dueAt }) => dueAt !== null)
  if (waiting.length > 0)
    await parts.deliveries.rewrite(waiting.map((delivery) => standDown(delivery, reason, now)))
  if (!deliveries.some(({ firstAcceptedAt }) => firstAcceptedAt !== null)) return
  const message = await parts.messages.byId(messageId)
  if (message === undefined) return
  await planEdits(world, parts, { message, deliveries, reason: 'closed', ...end })
}
