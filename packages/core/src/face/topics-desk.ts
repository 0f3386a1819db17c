import type { TopicEvent, Topics } from './face.ts'
import { entriesOf } from './inbox-desk.ts'
import type { Live } from './live.ts'
import { boundedLimit } from './recipients-desk.ts'
import type { DomainEvent } from '../model/domain-event.ts'
import { InviteMeError, isInviteMeError } from '../model/error.ts'
import { readPlainObject } from '../model/plain-json.ts'
import { readTopic, type Topic } from '../model/topic.ts'
import type { World } from '../ports/world.ts'

/** Events read at once by somebody who follows; bounds what is held for each of them. */
const batch = 100
/** Times it is read again because a person came or went meanwhile. */
const mostLooks = 10

/** What live topics need of the engine beside the world. */
export interface TopicPowers {
  readonly live: Live
  readonly change: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/** The engine's live topics. */
export function topicsDesk(world: World, { live, change }: TopicPowers): Topics {
  return {
    publish: (topic, data) => change(() => publish(world, readTopic(topic), data)),
    events: async (topic, { after = 0, limit } = {}) => {
      const cursor = readCursor(after)
      return withEntries(world, await carried(world, readTopic(topic), cursor, boundedLimit(limit)))
    },
    follow: (topic, { after, signal } = {}) => {
      const from = after === undefined ? world.store.outbox.last() : Promise.resolve(readCursor(after))
      // Told when the first event is asked for, which may be never.
      from.catch(() => undefined)
      return follow(world, live, readTopic(topic), { from, signal })
    },
  }
}

/**
 * A cursor as a caller gives it.
 * @throws InviteMeError `REQUEST_INVALID`, field `after`
 */
export function readCursor(after: unknown): number {
  if (typeof after === 'number' && Number.isSafeInteger(after) && after >= 0) return after
  throw new InviteMeError('REQUEST_INVALID', '"after" must be a cursor: a whole number from 0 on.', {
    field: 'after',
  })
}

async function publish(world: World, { kind, name }: Topic, data: unknown): Promise<void> {
  if (kind === 'user')
    throw new InviteMeError(
      'REQUEST_INVALID',
      'A topic "user:…" carries what the engine itself tells about a person; publish on "group:…" or "event:…".',
      { field: 'topic' },
    )
  const plain = readPlainObject(data, 'data')
  const nobody = { messageId: null, deliveryId: null, invitationId: null, recipientId: null }
  const at = new Date(world.clock.now())
  await world.store.transaction((parts) =>
    parts.outbox.append([{ type: 'topic.published', at, ...nobody, topic: name, data: plain }]),
  )
}

async function* follow(
  world: World,
  live: Live,
  topic: Topic,
  { from, signal }: { readonly from: Promise<number>; readonly signal: AbortSignal | undefined },
): AsyncGenerator<TopicEvent, void, undefined> {
  let cursor = await from
  const next = async (): Promise<readonly DomainEvent[] | undefined> => {
    const events = await carried(world, topic, cursor, batch)
    return events.length === 0 ? undefined : events
  }
  for (;;) {
    // Read only when the last ones were taken: who is slow slows nobody but themselves.
    const events = await untilAborted(live, next, signal)
    if (events === undefined) return
    for (const event of await withEntries(world, events)) {
      if (signal?.aborted === true) return
      yield event
      cursor = event.cursor
    }
  }
}

/** @returns `undefined` when the signal ended it */
async function untilAborted<Found>(
  live: Live,
  check: () => Promise<Found | undefined>,
  signal: AbortSignal | undefined,
): Promise<Found | undefined> {
  try {
    return await live.until(check, signal)
  } catch (error) {
    if (isInviteMeError(error) && error.code === 'WAIT_ABORTED') return undefined
    throw error
  }
}

/**
 * Events of a topic after a cursor. Whose a person's topic is, is looked up anew each time; when they came or went while it was
 * read, it is read again: what was written in between would lie behind the cursor.
 */
async function carried(
  world: World,
  topic: Topic,
  cursor: number,
  limit: number,
): Promise<readonly DomainEvent[]> {
  let recipientId = await personOf(world, topic)
  for (let look = 0; look < mostLooks; look += 1) {
    const events = await world.store.outbox.after(cursor, limit, { topic: topic.name, recipientId })
    if (topic.kind !== 'user' || events.length === 0) return events
    const still = await personOf(world, topic)
    if (still === recipientId) return events
    recipientId = still
  }
  // Nothing was passed over: whoever reads on from the same cursor finds it.
  return []
}

async function personOf(world: World, { kind, id }: Topic): Promise<string | null> {
  if (kind !== 'user') return null
  const [recipient] = await world.store.recipients.byExternalIds([id])
  return recipient?.id ?? null
}

/** Adds to `inbox.*` events the entries they are about, as they are now; one read for all of an inbox. */
async function withEntries(world: World, events: readonly DomainEvent[]): Promise<readonly TopicEvent[]> {
  const mentioned = events.flatMap((event) => itemOf(event) ?? [])
  if (mentioned.length === 0) return events
  const inboxes = Map.groupBy(mentioned, ({ channel, address }) => `${channel} ${address}`).values()
  const items = await Promise.all(
    [...inboxes].map(async (some) => {
      const [{ channel, address } = { channel: '', address: '' }] = some
      return world.store.inbox.byIds({ channel, address }, [...new Set(some.map(({ itemId }) => itemId))])
    }),
  )
  const entries = new Map((await entriesOf(world, items.flat())).map((entry) => [entry.id, entry]))
  return events.map((event) => {
    const entry = entries.get(itemOf(event)?.itemId ?? '')
    return entry === undefined ? event : { ...event, entry }
  })
}

function itemOf({ type, data }: DomainEvent) {
  const { channel, inbox: address, itemId } = data
  const isOne = typeof channel === 'string' && typeof address === 'string' && typeof itemId === 'string'
  return type.startsWith('inbox.') && isOne ? { channel, address, itemId } : undefined
}
