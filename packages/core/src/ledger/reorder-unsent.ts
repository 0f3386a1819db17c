import type { Recipient } from '../model/recipient.ts'
import type { DueHint } from '../ports/queue.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { reorderPlan } from '../rules/reorder-plan.ts'
import { progressOf } from '../rules/settlement.ts'
import { rewrite } from './settle.ts'

const pageSize = 500

/**
 * Puts the routes of what was not yet tried into the order a person wants now. What is on its way, or was tried, goes on as
 * planned.
 *
 * @returns where something is due now that was not
 */
export async function reorderUnsent(
  world: World,
  parts: StoreParts,
  { id: recipientId, routes }: Recipient,
  order: readonly string[],
): Promise<readonly DueHint[]> {
  const hints: DueHint[] = []
  const ranks = new Map(routes.map(({ id, rank }) => [id, rank]))
  for (const state of ['planned', 'held', 'queued'] as const) {
    for (let after: string | undefined; ;) {
      const page = { limit: pageSize, ...(after !== undefined && { after }) }
      const waiting = await parts.deliveries.list({ recipientId, state }, page)
      const untried = waiting.filter(({ attempts, dueAt }) => attempts === 0 && dueAt !== null)
      for (const delivery of await parts.deliveries.lockFree(untried.map(({ id }) => id))) {
        if (delivery.attempts > 0 || delivery.dueAt === null) continue
        const plan = reorderPlan(delivery.plan, delivery.position, {
          order,
          workspaceOrder: world.settings.order,
          rankOf: (routeId) => ranks.get(routeId ?? '') ?? Infinity,
        })
        if (plan === delivery.plan) continue
        await parts.deliveries.replan([{ deliveryId: delivery.id, plan }])
        // The channel it waits for is part of the row that is claimed.
        await rewrite(world, parts, { ...delivery, plan }, progressOf(delivery))
        const channel = plan[delivery.position]?.channel ?? ''
        hints.push({ channel, lane: delivery.lane, dueAt: delivery.dueAt.getTime() })
      }
      after = waiting.at(-1)?.id
      if (waiting.length < pageSize) break
    }
  }
  return hints
}
