import type { Delivery } from '../model/delivery.ts'
import { InviteMeError } from '../model/error.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { canonicalText } from '../rules/canonical.ts'
import { progressOf } from '../rules/settlement.ts'

/** Times somebody waits for a worker that holds a delivery, 50 ms apart, before it is given back to its sender. */
const patience = 40
const pauseMs = 50

/** A worker holds the delivery: what came in must wait until it has settled. */
export class Held extends Error {
  override readonly name = 'Held'
}

/**
 * Locks a delivery that was read before in this transaction.
 * @throws Held when a worker has it, or it is not as it was read any more
 */
export async function lockUnchanged(parts: StoreParts, delivery: Delivery): Promise<void> {
  const [free] = await parts.deliveries.lockFree([delivery.id])
  if (free === undefined || canonicalText(written(free)) !== canonicalText(written(delivery)))
    throw new Held('the delivery is held by a worker, or was changed meanwhile')
}

/** All that rewriting a delivery writes. */
function written({ attempts, crashes, ...delivery }: Delivery) {
  return { ...progressOf({ attempts, crashes, ...delivery }), attempts, crashes }
}

/**
 * Does work that writes to a delivery, again as long as a worker holds it.
 * @throws InviteMeError `STORE_BUSY` when it stays in a worker's hands; the sender should try again
 */
export async function untilFree<Result>(world: World, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Held)) throw error
      if (attempt >= patience)
        throw new InviteMeError('STORE_BUSY', 'This delivery is being worked on; send it again later.', {
          cause: error,
        })
      await new Promise<void>((resolve) => world.clock.schedule(pauseMs, resolve))
    }
  }
}
