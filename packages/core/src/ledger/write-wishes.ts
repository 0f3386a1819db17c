import type { Preferences } from '../model/preference.ts'
import type { Recipient } from '../model/recipient.ts'
import type { DueHint } from '../ports/queue.ts'
import type { ChannelAddress, StoreParts, Wishes } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { judgeHeldAgain } from './judge-held-again.ts'
import { reorderUnsent } from './reorder-unsent.ts'

/** How a person's wishes changed. */
export interface WishChange {
  readonly wishes: Wishes
  /** Who said it, and how: `link`, `one-click`, `portal`, `host`. */
  readonly source: string
  /** Categories their addresses refused before and take again. */
  readonly lifted?: readonly (ChannelAddress & { readonly category: string })[]
}

/**
 * Writes what a person wants from now on, and tells of it. It counts for everything not yet sent: what is held back is looked at
 * again, and what was not yet tried goes in the new order.
 *
 * @returns where something fell due
 */
export async function writeWishes(
  world: World,
  parts: StoreParts,
  person: Recipient,
  { wishes, source, lifted = [] }: WishChange,
): Promise<readonly DueHint[]> {
  const now = new Date(world.clock.now())
  for (const place of lifted) await parts.recipients.unsuppress(place)
  const before = { preferences: person.preferences, zone: person.zone }
  if (lifted.length === 0 && JSON.stringify(before) === JSON.stringify(wishes)) return []
  await parts.recipients.setPreferences(person.id, wishes, now)
  const nothing = { messageId: null, deliveryId: null, invitationId: null }
  await parts.outbox.append([
    {
      type: 'recipient.preferences_changed',
      at: now,
      ...nothing,
      recipientId: person.id,
      data: { source, off: wishes.preferences.off, on: wishes.preferences.on ?? [] },
    },
  ])
  const moved = hasOtherOrder(person.preferences, wishes.preferences)
    ? await reorderUnsent(world, parts, person, wishes.preferences.order)
    : []
  return [...moved, ...(await judgeHeldAgain(world, parts, [person.id]))]
}

function hasOtherOrder(before: Preferences, after: Preferences): boolean {
  return before.order.join(' ') !== after.order.join(' ')
}
