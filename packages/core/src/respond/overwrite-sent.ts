import { rewrite } from '../ledger/settle.ts'
import type { Delivery } from '../model/delivery.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { deliveryReceipt, routeOf } from '../rules/record.ts'
import { progressOf, stoodDown } from '../rules/settlement.ts'
import { newId } from '../rules/uuid.ts'
import { Held } from './until-free.ts'

/**
 * Ends the work still to be done on deliveries, and overwrites what they hold of a person.
 *
 * @param ids a portion: some hundreds
 * @throws Held when a worker has one of them
 */
export async function overwriteSent(world: World, parts: StoreParts, ids: readonly string[]): Promise<void> {
  const free = await parts.deliveries.lockFree(ids)
  // A worker knows the address by heart, and would write down what came of it.
  if (free.length < ids.length) throw new Held('a delivery is held by a worker')
  for (const delivery of free) if (delivery.dueAt !== null) await callOff(world, parts, delivery)
  await parts.erasure.overwrite(ids)
}

async function callOff(world: World, parts: StoreParts, delivery: Delivery): Promise<void> {
  const progress = stoodDown(progressOf(delivery), 'cancelled')
  if (!(await rewrite(world, parts, delivery, progress))) throw new Held('a delivery is held by a worker')
  // What has left ends as it ended.
  if (progress.state !== 'cancelled') return
  const about = { ...routeOf(delivery), detail: 'cancelled' }
  const now = new Date(world.clock.now())
  await parts.receipts.append([deliveryReceipt(newId(world), 'cancelled', delivery, now, about)])
}
