import type { ChannelAddress, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'

/** Writes that an address goes on under another one, wherever it is used. Repeating it changes nothing. */
export async function moveAddress(
  world: World,
  parts: StoreParts,
  place: ChannelAddress,
  to: string,
): Promise<void> {
  await parts.recipients.moveAddress(place, to)
  const nobody = { messageId: null, deliveryId: null, invitationId: null, recipientId: null }
  const at = new Date(world.clock.now())
  await parts.outbox.append([{ type: 'route.moved', at, ...nobody, data: { channel: place.channel } }])
}
