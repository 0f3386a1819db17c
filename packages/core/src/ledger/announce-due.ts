import type { DueHint } from '../ports/queue.ts'
import type { World } from '../ports/world.ts'

/**
 * Tells whoever works that something has fallen due, here and in other processes. A queue that carries work is not told: what
 * it gets are the deliveries themselves, by the relay that is woken here.
 */
export async function announceDue(world: World, hints: readonly DueHint[]): Promise<void> {
  if (hints.length === 0) return
  world.notifier.notify('due')
  if (!world.queue.promises.carriesWork) await world.queue.publish(hints)
}
