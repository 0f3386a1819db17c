import type { Delivery } from '../model/delivery.ts'
import { InviteMeError } from '../model/error.ts'
import type { FactReference } from '../model/inbound-fact.ts'
import type { Message } from '../model/message.ts'
import type { Channel } from '../ports/channel.ts'
import type { ChannelAddress, StoreParts } from '../ports/store.ts'
import { hashToken } from '../rules/response-link.ts'
import { placeOf } from './opt-out.ts'

/** The delivery a fact from outside speaks of. */
export interface Found {
  readonly delivery: Delivery
  /** Route of the plan the fact speaks of. */
  readonly position: number
  /** When the token it came by runs out; `null` for facts without one. */
  readonly expiresAt: Date | null
}

interface Place {
  readonly deliveryId: string
  readonly position: number
  readonly expiresAt?: Date | null
}

/** Finds the delivery a fact refers to; `undefined` when none fits. */
export async function findDelivery(
  parts: StoreParts,
  channel: Channel,
  reference: FactReference,
): Promise<Found | undefined> {
  if (reference.by === 'address') {
    const place = placeOf(channel, reference.address)
    const [newest] = await parts.invitations.byAddress(place, { limit: 1 })
    return newest && deliveryAt(parts, newest.deliveryId, place)
  }
  const place = await findPlace(parts, channel, reference)
  return place && deliveryOf(parts, place)
}

/** Reads the delivery that was found by an address; it may be on another route by now. */
export async function deliveryAt(
  parts: StoreParts,
  deliveryId: string,
  { channel, address }: ChannelAddress,
): Promise<Found | undefined> {
  const [delivery] = await parts.deliveries.byIds([deliveryId])
  if (delivery === undefined) return undefined
  const position = delivery.plan.findIndex((route) => route.channel === channel && route.address === address)
  return { delivery, position: position === -1 ? delivery.position : position, expiresAt: null }
}

async function deliveryOf(parts: StoreParts, place: Place): Promise<Found | undefined> {
  const [delivery] = await parts.deliveries.byIds([place.deliveryId])
  return delivery && { delivery, position: place.position, expiresAt: place.expiresAt ?? null }
}

async function findPlace(
  parts: StoreParts,
  channel: Channel,
  reference: Exclude<FactReference, { by: 'address' }>,
): Promise<Place | undefined> {
  switch (reference.by) {
    case 'token': {
      const hash = hashToken(reference.token)
      const link = hash === undefined ? undefined : await parts.links.byHash(hash)
      return link === undefined || link.purpose !== 'reply' || link.revokedAt !== null ? undefined : link
    }
    case 'provider-message':
      return parts.deliveries.attemptByProviderId(channel.name, reference.providerMessageId)
  }
}

/**
 * Reads the message of a delivery.
 * @throws InviteMeError `INTERNAL` when it is missing, which the store does not allow
 */
export async function messageOf(parts: StoreParts, delivery: Delivery): Promise<Message> {
  const message = await parts.messages.byId(delivery.messageId)
  if (message !== undefined) return message
  throw new InviteMeError('INTERNAL', `The message of delivery "${delivery.id}" is missing.`)
}

/** Whether a fact came from another address than the one the message went to; false when its channel does not tell. */
export function isFromAnother(
  channel: Channel,
  from: string | undefined,
  { delivery, position }: Found,
): boolean {
  const invited = delivery.plan[position]?.address
  if (from === undefined || invited === undefined) return false
  const spell = (address: string): string => placeOf(channel, address).address.toLowerCase()
  return spell(from) !== spell(invited)
}
