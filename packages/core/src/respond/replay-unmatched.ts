import type { World } from '../ports/world.ts'
import { recordFact } from './record-fact.ts'

/**
 * Records what came in before the message it speaks of was written down as sent: a provider may report faster than a
 * transaction commits.
 */
export async function replayUnmatched(
  world: World,
  channelName: string,
  ids: readonly string[],
): Promise<void> {
  const channel = world.channels.get(channelName)
  if (channel === undefined) return
  for (const id of ids) {
    for (const { id: keptId, fact } of await world.store.inbound.unmatchedOf(channelName, id)) {
      const { result } = await recordFact(world, channel, fact)
      if (result !== 'unmatched') await world.store.inbound.dropUnmatched([keptId])
    }
  }
}
