import { InviteMeError } from '@invite-me/core'
import type { LiveConnection } from './connections.ts'
import { mayFollow } from './live-caller.ts'
import { EventStream } from './event-stream.ts'
import type { CarriedEvent } from './live-engine.ts'
import type { Introduction } from './live-session.ts'
import type { LiveWorld } from './live-world.ts'
import type { TopicSubscription } from './topic-subscription.ts'
import { TopicWait } from './topic-wait.ts'

/** Who follows which topic from where on. */
export interface FollowRequest extends Introduction {
  readonly topic: string
  /** Cursor of the last event they have; `undefined`: from now on for a stream, from the beginning for a page. */
  readonly after: number | undefined
}

/** How long a page may be waited for. */
export interface PageWait {
  readonly limit: number
  /** 0: not at all. */
  readonly waitMs: number
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/**
 * Follows a topic as server-sent events.
 *
 * @throws InviteMeError `FORBIDDEN`, `RATE_LIMITED` when they have too many connections, `STOPPED`, and what `subscribe` throws
 */
export async function streamTopic(world: LiveWorld, request: FollowRequest): Promise<Response> {
  refuseOthers(request)
  refuseStopping(world)
  const follower: { stream?: EventStream } = {}
  const subscription = await world.hub.subscribe(request.topic, {
    ...(request.after !== undefined && { after: request.after }),
    ready: () => follower.stream?.wake(),
  })
  const stream = new EventStream(world, request.caller, subscription)
  follower.stream = stream
  admit(world, stream, request, subscription)
  return new Response(stream.open(), {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      // nginx would hold the events back.
      'X-Accel-Buffering': 'no',
    },
  })
}

/**
 * A page of what a topic carried, waited for when there is nothing yet.
 * @throws as {@link streamTopic} does
 */
export async function pageOfTopic(
  world: LiveWorld,
  request: FollowRequest,
  { limit, waitMs, signal }: PageWait,
): Promise<readonly CarriedEvent[]> {
  refuseOthers(request)
  const after = request.after ?? 0
  const read = () => world.engine.topics.events(request.topic, { after, limit })
  const events = await read()
  if (events.length > 0 || waitMs === 0) return events
  await waitForChange(world, { ...request, after }, { waitMs, signal })
  return read()
}

async function waitForChange(
  world: LiveWorld,
  request: FollowRequest & { readonly after: number },
  { waitMs, signal }: Omit<PageWait, 'limit'>,
): Promise<void> {
  refuseStopping(world)
  const wait = new TopicWait()
  const end = (): void => wait.end()
  const subscription = await world.hub.subscribe(request.topic, { after: request.after, ready: end })
  admit(world, wait, request, subscription)
  const callOff = world.clock.schedule(waitMs, end, { keepAlive: false })
  signal.addEventListener('abort', end, { once: true })
  try {
    // Something may have happened between the reading and the following.
    const missed = await subscription.take(1)
    if (missed.length === 0 && !signal.aborted) await wait.over
  } finally {
    callOff()
    signal.removeEventListener('abort', end)
    subscription.close()
    world.connections.remove(wait)
  }
}

function refuseOthers({ caller, topic }: FollowRequest): void {
  if (mayFollow(caller, topic)) return
  throw new InviteMeError('FORBIDDEN', 'This token does not let you follow this topic.', { field: 'topic' })
}

function refuseStopping({ connections }: LiveWorld): void {
  if (connections.isClosed)
    throw new InviteMeError(
      'STOPPED',
      'The server is stopping. Connect again; a cursor goes on where you are.',
    )
}

function admit(
  { connections }: LiveWorld,
  connection: LiveConnection,
  { caller, credential }: FollowRequest,
  subscription: TopicSubscription,
): void {
  if (connections.hasRoom(caller)) {
    connections.add(connection)
    connections.identify(connection, caller, credential)
    return
  }
  subscription.close()
  throw new InviteMeError(
    'RATE_LIMITED',
    'There are too many live connections: end some, or try again later.',
  )
}
