import type { NewDomainEvent } from '../model/domain-event.ts'
import type { Channel } from '../ports/channel.ts'
import type { ChannelAddress, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'

function place(channel: Channel, address: string): ChannelAddress {
  const checked = channel.address?.(address)
  return { channel: channel.name, address: checked?.ok === true ? checked.address : address }
}

/** Writes that an address must not be written to any more. Counts for everything not yet sent. Repeating it changes nothing. */
export async function optOut(
  world: World,
  parts: StoreParts,
  channel: Channel,
  address: string,
): Promise<void> {
  const where = place(channel, address)
  const now = new Date(world.clock.now())
  await parts.recipients.suppress([{ ...where, reason: 'opted_out', at: now }])
  await parts.recipients.setRouteState(where, 'opted_out')
  const event: NewDomainEvent = {
    type: 'recipient.opted_out',
    at: now,
    messageId: null,
    deliveryId: null,
    invitationId: null,
    recipientId: null,
    data: { channel: channel.name },
  }
  await parts.outbox.append([event])
}

/** Takes an opt-out back: the person asked for messages again. */
export async function optIn(parts: StoreParts, channel: Channel, address: string): Promise<void> {
  const where = place(channel, address)
  await parts.recipients.unsuppress(where)
  await parts.recipients.setRouteState(where, 'open')
}
