import { categoryOf } from '../model/category.ts'
import type { Suppression, SuppressionSource } from '../model/suppression.ts'
import type { Channel } from '../ports/channel.ts'
import type { ChannelAddress, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'

/** An address of a channel in its one spelling. */
export function placeOf(channel: Channel, address: string): ChannelAddress {
  const checked = channel.address?.(address)
  return { channel: channel.name, address: checked?.ok === true ? checked.address : address }
}

/** What of an address is refused, and by whose word it is known. */
export interface Refusal {
  readonly source: SuppressionSource
  /** Default `null`: everything. */
  readonly category?: string | null
}

/**
 * Writes that an address must not be written to any more, or not in one category. Counts for everything not yet sent. Repeating
 * it changes nothing.
 */
export async function optOut(
  world: World,
  parts: StoreParts,
  { channel, address }: ChannelAddress,
  { source, category = null }: Refusal,
): Promise<void> {
  const at = new Date(world.clock.now())
  const refused: Suppression = {
    id: newId(world),
    channel,
    address,
    category,
    reason: 'opted_out',
    source,
    at,
  }
  const [fresh] = await parts.recipients.suppress([refused])
  if (category === null) await parts.recipients.setRouteState({ channel, address }, 'opted_out')
  const known = fresh === undefined ? await parts.recipients.suppressed([{ channel, address }]) : []
  if (known.some((one) => one.category === category && one.reason === 'opted_out')) return
  const nobody = { messageId: null, deliveryId: null, invitationId: null, recipientId: null }
  const data = { channel, ...(category !== null && { category }) }
  await parts.outbox.append([{ type: 'recipient.opted_out', at, ...nobody, data }])
}

/** Takes an opt-out back: the person asked for messages again. A category they refused by itself stays refused. */
export async function optIn(
  parts: StoreParts,
  place: ChannelAddress,
  category: string | null = null,
): Promise<void> {
  await parts.recipients.unsuppress({ ...place, category })
  if (category === null) await parts.recipients.setRouteState(place, 'open')
}

/** The category a refusal by a link in such a message is for; `null`, everything, when nobody can switch it off by itself. */
export function refusableCategory({ settings }: World, name: string): string | null {
  return categoryOf(settings.categories, name).required ? null : name
}
