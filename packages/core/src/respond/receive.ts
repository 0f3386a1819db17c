import { InviteMeError } from '../model/error.ts'
import type { FactResult } from '../model/inbound-fact.ts'
import type { World } from '../ports/world.ts'
import { recordFact } from './record-fact.ts'

/**
 * Takes in what a provider or a person sent to a channel: the channel turns it into facts, each fact is recorded once,
 * whatever often it comes.
 *
 * @throws InviteMeError `CHANNEL_UNKNOWN`, or `WEBHOOK_REFUSED` when the channel finds it is not genuine
 */
export async function receive(
  world: World,
  channelName: string,
  request: Request,
): Promise<readonly FactResult[]> {
  const channel = world.channels.get(channelName)
  if (channel?.receive === undefined) {
    const why = channel === undefined ? 'is not configured' : 'receives nothing'
    throw new InviteMeError('CHANNEL_UNKNOWN', `The channel "${channelName}" ${why}.`, { field: 'channel' })
  }
  const facts = await channel.receive(request, { clock: world.clock, log: world.log })
  const results: FactResult[] = []
  for (const fact of facts) results.push(await recordFact(world, channel, fact))
  return results
}
