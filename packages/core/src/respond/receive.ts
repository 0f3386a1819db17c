import { InviteMeError } from '../model/error.ts'
import type { FactResult, InboundFact } from '../model/inbound-fact.ts'
import type { Channel, HandledFact } from '../ports/channel.ts'
import type { World } from '../ports/world.ts'
import { readFact } from '../rules/read-fact.ts'
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
  const handled = await handle(world, receiverOf(world, channelName), request)
  return handled.map(({ result }) => result)
}

/**
 * The same for a web server: the answer its sender expects, in the medium's own way. Trouble is told as a status and an
 * error code in JSON, so that a provider tries again exactly when that may help.
 *
 * @returns 2xx once everything is recorded; 401 not genuine, 404 no such channel, 413 too large, 503 try again
 */
export async function handleWebhook(world: World, channelName: string, request: Request): Promise<Response> {
  try {
    const channel = receiverOf(world, channelName)
    const handled = await handle(world, channel, request)
    return (await acknowledge(world, channel, handled)) ?? new Response(null, { status: 204 })
  } catch (error) {
    if (!(error instanceof InviteMeError)) throw error
    const { code, message, field } = error
    const status = code === 'CHANNEL_UNKNOWN' ? 404 : error.status
    return Response.json({ error: { code, message, ...(field !== undefined && { field }) } }, { status })
  }
}

type Receiver = Channel & Required<Pick<Channel, 'receive'>>

function receiverOf(world: World, name: string): Receiver {
  const channel = world.channels.get(name)
  if (canReceive(channel)) return channel
  const why = channel === undefined ? 'is not configured' : 'receives nothing'
  throw new InviteMeError('CHANNEL_UNKNOWN', `The channel "${name}" ${why}.`, { field: 'channel' })
}

function canReceive(channel: Channel | undefined): channel is Receiver {
  return channel?.receive !== undefined
}

async function handle(world: World, channel: Receiver, request: Request): Promise<readonly HandledFact[]> {
  const facts = await channel.receive(request, { clock: world.clock, log: world.log })
  const handled: HandledFact[] = []
  for (const brought of facts) {
    const fact = checked(world, channel, brought)
    if (fact !== undefined) handled.push({ fact, result: await recordFact(world, channel, fact) })
  }
  return handled
}

/** Adapters come from anywhere: a fact that is none must neither stop its neighbours nor reach the store. */
function checked(world: World, channel: Channel, brought: InboundFact): InboundFact | undefined {
  const fact = readFact(brought)
  if (fact === undefined)
    world.log.error('A channel brought in something that is no fact', { channel: channel.name })
  return fact
}

/** Everything is recorded by now, so a word that cannot be said back is no reason to have the facts sent again. */
async function acknowledge(
  world: World,
  channel: Channel,
  handled: readonly HandledFact[],
): Promise<Response | undefined> {
  try {
    return await channel.acknowledge?.(handled, { clock: world.clock, log: world.log })
  } catch (error) {
    world.log.error('A channel could not acknowledge what it received', {
      channel: channel.name,
      error: error instanceof Error ? error.name : 'unknown',
    })
    return undefined
  }
}
