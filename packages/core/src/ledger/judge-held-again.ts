import type { DueHint } from '../ports/queue.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { progressOf } from '../rules/settlement.ts'
import { rewrite } from './settle.ts'

const pageSize = 500

/**
 * Makes due what is held back for people whose zone or hours are other ones now: whoever takes it looks at their hours again,
 * and sends it or holds it back for as long as is right now.
 *
 * @returns where something fell due
 */
export async function judgeHeldAgain(
  world: World,
  parts: StoreParts,
  recipientIds: readonly string[],
): Promise<readonly DueHint[]> {
  const nowMs = world.clock.now()
  const hints = new Map<string, DueHint>()
  for (const recipientId of recipientIds) {
    for (let after: string | undefined; ;) {
      const held = await parts.deliveries.list(
        { recipientId, state: 'held' },
        { limit: pageSize, ...(after !== undefined && { after }) },
      )
      // One that a worker has just taken is being looked at anyway.
      for (const delivery of await parts.deliveries.lockFree(held.map(({ id }) => id))) {
        if (delivery.state !== 'held') continue
        await rewrite(world, parts, delivery, { ...progressOf(delivery), dueAtMs: nowMs })
        const channel = delivery.plan[delivery.position]?.channel ?? ''
        hints.set(`${channel} ${String(delivery.lane)}`, { channel, lane: delivery.lane, dueAt: nowMs })
      }
      after = held.at(-1)?.id
      if (held.length < pageSize) break
    }
  }
  return [...hints.values()]
}
