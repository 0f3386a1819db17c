import { InviteMeError } from '../model/error.ts'
import type { Recipient } from '../model/recipient.ts'
import type { Channel } from '../ports/channel.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { hashToken, makeToken, tokenBytes } from '../rules/response-link.ts'
import { newId } from '../rules/uuid.ts'
import { placeOf } from './opt-out.ts'

/** How long such an address works when nothing else is said. */
const defaultLifeMs = 7 * 86_400_000

/**
 * Makes the address a person opens to connect a medium, so that nobody types chat ids.
 *
 * @throws InviteMeError `RECIPIENT_UNKNOWN`, `CHANNEL_UNKNOWN` when it is not configured or has no such address
 */
export async function makeConnectAddress(
  world: World,
  {
    externalId,
    channelName,
    lifeMs = defaultLifeMs,
  }: {
    readonly externalId: string
    readonly channelName: string
    readonly lifeMs?: number | undefined
  },
): Promise<{ readonly url: string; readonly expiresAt: Date }> {
  const channel = world.channels.get(channelName)
  if (channel?.connectUrl === undefined) {
    const why = channel === undefined ? 'is not configured' : 'has no address by which people connect it'
    throw new InviteMeError('CHANNEL_UNKNOWN', `The channel "${channelName}" ${why}.`, { field: 'channel' })
  }
  const [recipient] = await world.store.recipients.byExternalIds([externalId])
  if (recipient === undefined)
    throw new InviteMeError(
      'RECIPIENT_UNKNOWN',
      `There is no recipient with the externalId "${externalId}".`,
      {
        field: 'externalId',
      },
    )
  const token = makeToken(world.random.bytes(tokenBytes))
  const now = new Date(world.clock.now())
  const expiresAt = new Date(now.getTime() + lifeMs)
  const url = await channel.connectUrl(token)
  const link = { hash: hashToken(token) ?? '', recipientId: recipient.id, channel: channelName }
  await world.store.links.issueConnect({ ...link, expiresAt, usedAt: null, usedBy: null, createdAt: now })
  return { url, expiresAt }
}

/**
 * The person opened that address: from now on they can be reached there. A token works once, and again for the same
 * address; coming by it is a wish to be written to, so an earlier opt-out there ends.
 *
 * @returns whose it is; `undefined` for a token that is not ours, too old, or used by somebody else
 */
export async function connectRoute(
  world: World,
  parts: StoreParts,
  channel: Channel,
  { token, address }: { readonly token: string; readonly address: string },
): Promise<Recipient | undefined> {
  const hash = hashToken(token)
  const link = hash === undefined ? undefined : await parts.links.connectByHash(hash)
  const now = new Date(world.clock.now())
  const place = placeOf(channel, address)
  if (hash === undefined || link === undefined || link.channel !== channel.name || now >= link.expiresAt)
    return undefined
  // Marked before it is looked at: of two that come at once, the later sees the first.
  await parts.links.useConnect(hash, place.address, now)
  if ((await parts.links.connectByHash(hash))?.usedBy !== place.address) return undefined
  // The person before the address, and what is suppressed before routes, as everybody does who writes to both.
  const [person] = await parts.recipients.byIds([link.recipientId])
  if (person === undefined || (await parts.recipients.lock(person.externalId)) === undefined) return undefined
  await parts.recipients.unsuppress({ ...place, category: null })
  await parts.recipients.connectRoute(link.recipientId, place, () => newId(world), now)
  await parts.recipients.setRouteState(place, 'open')
  const nothing = { messageId: null, deliveryId: null, invitationId: null }
  const data = { channel: channel.name }
  await parts.outbox.append([
    { type: 'route.connected', at: now, ...nothing, recipientId: link.recipientId, data },
  ])
  const [recipient] = await parts.recipients.byIds([link.recipientId])
  return recipient
}
