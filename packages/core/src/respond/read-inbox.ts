import { topicOfPerson } from '../model/topic.ts'
import type { ChannelAddress, PageRequest, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { deliveryEvent } from '../rules/record.ts'
import { recordProgress } from './record-report.ts'
import { untilFree } from './until-free.ts'

/** Items marked in one transaction. */
const portion = 200

/**
 * Marks items of an inbox as read or acknowledged; their deliveries become `read`, so that a fallback "unless seen" is called
 * off. Items marked before, or of another inbox, stay as they are. `all` are those there now: what comes meanwhile stays
 * unread. Works in portions, so that a full inbox neither fills the memory nor stops the others' work; one that fails leaves
 * those before it marked.
 *
 * @returns how many items changed
 */
export async function readThrough(
  world: World,
  whose: ChannelAddress,
  ids: readonly string[] | 'all',
  mark: 'read' | 'acknowledged',
): Promise<number> {
  let changed = 0
  const portions = ids === 'all' ? openItems(world, whose, mark) : portionsOf(ids)
  for await (const some of portions) {
    changed += await untilFree(world, () =>
      world.store.transaction((parts) => markThem(world, parts, whose, some, mark)),
    )
  }
  return changed
}

function* portionsOf(ids: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += portion) yield ids.slice(start, start + portion)
}

/** From the newest of now to the oldest. */
async function* openItems(
  world: World,
  whose: ChannelAddress,
  mark: 'read' | 'acknowledged',
): AsyncGenerator<readonly string[]> {
  const only = mark === 'read' ? ('unread' as const) : ('unacknowledged' as const)
  for (let after: string | undefined; ;) {
    const page: PageRequest = { limit: portion, ...(after !== undefined && { after }) }
    const ids = (await world.store.inbox.list({ ...whose, only }, page)).map(({ id }) => id)
    yield ids
    after = ids.at(-1)
    if (ids.length < portion || after === undefined) return
  }
}

async function markThem(
  world: World,
  parts: StoreParts,
  whose: ChannelAddress,
  ids: readonly string[],
  mark: 'read' | 'acknowledged',
): Promise<number> {
  if (ids.length === 0) return 0
  const now = new Date(world.clock.now())
  const changed = await parts.inbox.mark(whose, ids, mark, now)
  const deliveries = new Map(
    (await parts.deliveries.byIds(changed.map(({ deliveryId }) => deliveryId))).map((one) => [one.id, one]),
  )
  const channel = world.channels.get(whose.channel)
  for (const { id: itemId, deliveryId } of changed) {
    const delivery = deliveries.get(deliveryId)
    if (delivery === undefined) continue
    const position = delivery.plan.findIndex((route) => route.channel === whose.channel)
    if (channel !== undefined && delivery.state !== 'read')
      await recordProgress(world, parts, channel, { delivery, position, expiresAt: null }, { kind: 'read' })
    const data = { channel: whose.channel, inbox: whose.address, itemId }
    const event = deliveryEvent(`inbox.${mark}`, delivery, now, data)
    await parts.outbox.append([{ ...event, topic: topicOfPerson(whose.address) }])
  }
  return changed.length
}
