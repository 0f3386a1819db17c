import type { Delivery } from '../model/delivery.ts'
import type { DomainEventType } from '../model/domain-event.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { deliveryEvent } from '../rules/record.ts'
import { newId } from '../rules/uuid.ts'

/** What an outcome says about the address itself, if anything. */
const marks = {
  opted_out: { state: 'opted_out', event: 'recipient.opted_out' },
  permanent_recipient: { state: 'bounced', event: 'route.bounced' },
} as const satisfies Partial<
  Record<SendOutcome['status'], { readonly state: string; readonly event: DomainEventType }>
>

/** Writes what an outcome says about the address itself, so that it counts for everything not yet sent. */
export async function markAddress(
  world: World,
  parts: StoreParts,
  delivery: Delivery,
  position: number,
  outcome: SendOutcome,
): Promise<void> {
  const planned = delivery.plan[position]
  if (planned === undefined || (outcome.status !== 'opted_out' && outcome.status !== 'permanent_recipient'))
    return
  const { state, event } = marks[outcome.status]
  const now = new Date(world.clock.now())
  const place = { channel: planned.channel, address: planned.address }
  const refused = {
    id: newId(world),
    ...place,
    category: null,
    reason: state,
    source: 'provider',
    at: now,
  } as const
  await parts.recipients.suppress([refused])
  await parts.recipients.setRouteState(place, state)
  await parts.outbox.append([deliveryEvent(event, delivery, now, { channel: planned.channel })])
}
