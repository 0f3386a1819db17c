import type { Channel } from '../ports/channel.ts'
import type { ChannelAddress, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'

/** An address of a channel in its one spelling. */
export function placeOf(channel: Channel, address: string): ChannelAddress {
  const checked = channel.address?.(address)
  return { channel: channel.name, address: checked?.ok === true ? checked.address : address }
}

/** Writes that an address must not be written to any more. Counts for everything not yet sent. Repeating it changes nothing. */
export async function optOut(
  world: World,
  parts: StoreParts,
  { channel, address }: ChannelAddress,
): Promise<void> {
  const now = new Date(world.clock.now())
  const [fresh] = await parts.recipients.suppress([{ channel, address, reason: 'opted_out', at: now }])
  await parts.recipients.setRouteState({ channel, address }, 'opted_out')
  const [known] = fresh === undefined ? await parts.recipients.suppressed([{ channel, address }]) : []
  if (known?.reason === 'opted_out') return
  const nobody = { messageId: null, deliveryId: null, invitationId: null, recipientId: null }
  await parts.outbox.append([{ type: 'recipient.opted_out', at: now, ...nobody, data: { channel } }])
}

/** Takes an opt-out back: the person asked for messages again. */
export async function optIn(parts: StoreParts, place: ChannelAddress): Promise<void> {
  await parts.recipients.unsuppress(place)
  await parts.recipients.setRouteState(place, 'open')
}
