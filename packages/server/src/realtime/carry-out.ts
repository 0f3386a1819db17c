import { InviteMeError } from '@invite-me/core'
import { encodeCursor } from '../app/page-cursor.ts'
import { mayFollow, type LiveCaller } from './live-caller.ts'
import { refOf, type ClientMessage, type MessageOf } from './live-protocol.ts'
import type { LiveWorld } from './live-world.ts'
import { readAfter } from './read-after.ts'
import type { SocketOutbox } from './socket-outbox.ts'
import type { TopicPump } from './topic-pump.ts'

/** What a client's message works on. */
export interface SocketDesk {
  readonly world: LiveWorld
  readonly caller: LiveCaller
  readonly outbox: SocketOutbox
  readonly pump: TopicPump
  /** True once the socket ends: what is found then is let go. */
  readonly isEnding: () => boolean
}

/**
 * Does what a client that is known asks for, and says so.
 * @throws InviteMeError what is wrong with it, naming the field
 */
export async function carryOut(
  desk: SocketDesk,
  message: Exclude<ClientMessage, MessageOf<'authenticate'>>,
): Promise<void> {
  switch (message.type) {
    case 'subscribe':
      return subscribe(desk, message)
    case 'unsubscribe':
      return unsubscribe(desk, message)
    case 'read':
    case 'ack':
      return mark(desk, message)
    case 'ping':
      return desk.outbox.say({ type: 'pong', ...refOf(message) })
  }
}

async function subscribe(
  { world, caller, outbox, pump, isEnding }: SocketDesk,
  message: MessageOf<'subscribe'>,
): Promise<void> {
  const { topic } = message
  if (!mayFollow(caller, topic))
    throw new InviteMeError('FORBIDDEN', 'This token does not let you follow this topic.', { field: 'topic' })
  const after = message.after === undefined ? undefined : readAfter(message.after, 'after')
  // Somebody who says it again wants to begin at another place.
  pump.remove(topic)
  if (pump.size >= world.limits.topics)
    throw new InviteMeError('RATE_LIMITED', `One socket follows at most ${world.limits.topics} topics.`, {
      field: 'topic',
    })
  const subscription = await world.hub.subscribe(topic, {
    ...(after !== undefined && { after }),
    ready: () => pump.wake(topic),
  })
  if (isEnding()) return subscription.close()
  outbox.say({ type: 'subscribed', ...refOf(message), topic, cursor: encodeCursor(subscription.cursor) })
  pump.add(subscription)
}

function unsubscribe({ outbox, pump }: SocketDesk, message: MessageOf<'unsubscribe'>): void {
  pump.remove(message.topic)
  outbox.say({ type: 'unsubscribed', ...refOf(message), topic: message.topic })
}

async function mark(
  { world, caller: { person }, outbox }: SocketDesk,
  message: MessageOf<'read' | 'ack'>,
): Promise<void> {
  if (person === null)
    throw new InviteMeError(
      'FORBIDDEN',
      "A key is nobody's: an inbox is marked with its person's own token.",
      {
        field: 'type',
      },
    )
  const { itemIds, channel } = message
  const inbox = world.engine.inbox(person, channel === undefined ? {} : { channel })
  const isRead = message.type === 'read'
  const changed = await (isRead ? inbox.read(itemIds) : inbox.acknowledge(itemIds))
  outbox.say({ type: 'marked', ...refOf(message), as: isRead ? 'read' : 'acknowledged', changed })
}
