import type { Inbox, InboxEntry, Inboxes } from './face.ts'
import type { Live } from './live.ts'
import { pageOf } from './recipients-desk.ts'
import { readThrough } from '../respond/read-inbox.ts'
import { recordResponse } from '../respond/record-response.ts'
import type { AnswerInput } from '../model/answer.ts'
import type { DomainEvent } from '../model/domain-event.ts'
import { InviteMeError } from '../model/error.ts'
import type { InboxItem } from '../model/inbox-item.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { ChannelAddress, InboxFilter } from '../ports/store.ts'
import { contentOf, wordsOf } from '../ledger/content-of.ts'
import type { World } from '../ports/world.ts'

/** What an inbox needs of the engine beside the world. */
export interface InboxPowers {
  readonly live: Live
  readonly change: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly readAnswer: (input: AnswerInput) => AnswerInput
}

/** The engine's inboxes, an inbox for each address of an in-app channel. */
export function inboxDesk(world: World, powers: InboxPowers): Inboxes {
  return (address, { channel = 'in-app' } = {}) => inboxOf(world, powers, { channel, address })
}

function inboxOf(world: World, { live, change, readAnswer }: InboxPowers, whose: ChannelAddress): Inbox {
  const { store } = world
  const filter = (only?: InboxFilter['only']): InboxFilter => ({
    ...whose,
    ...(only !== undefined && { only }),
  })
  const mark = (ids: readonly string[] | 'all', how: 'read' | 'acknowledged') =>
    change(() => readThrough(world, whose, ids, how))
  return {
    list: async ({ only, ...page } = {}) => {
      const items = await store.inbox.list(filter(only), pageOf(page))
      return entriesOf(world, items)
    },
    count: (only) => store.inbox.count(filter(only)),
    read: (ids) => mark(ids, 'read'),
    acknowledge: (ids) => mark(ids, 'acknowledged'),
    answer: (itemId, input) =>
      change(() =>
        store.transaction(async (parts) => {
          const [item] = await parts.inbox.byIds(whose, [itemId])
          if (item === undefined || item.invitationId === null)
            throw new InviteMeError('INVITATION_UNKNOWN', 'There is no such question in this inbox.', {
              field: 'itemId',
            })
          return recordResponse(world, parts, {
            invitationId: item.invitationId,
            deliveryId: item.deliveryId,
            input: readAnswer(input),
            via: whose.channel,
            isFromAnother: false,
            hasRunOut: false,
          })
        }),
      ),
    on: (handler) => live.on('*', (event) => concerns(event, whose) && handler(event)),
  }
}

function concerns({ type, data }: DomainEvent, { channel, address }: ChannelAddress): boolean {
  return type.startsWith('inbox.') && data['channel'] === channel && data['inbox'] === address
}

/** Items of inboxes as the host app sees them, in order; one whose message is gone is left out. */
export async function entriesOf(world: World, items: readonly InboxItem[]): Promise<readonly InboxEntry[]> {
  if (items.length === 0) return []
  const [messages, invitations] = await Promise.all([
    world.store.messages.byIds(items.map(({ messageId }) => messageId)),
    world.store.invitations.byIds(items.flatMap(({ invitationId }) => invitationId ?? [])),
  ])
  const messageOf = new Map(messages.map((message) => [message.id, message]))
  const words = await wordsOf(
    world.store,
    items.map(({ deliveryId, messageId }) => ({ deliveryId, message: messageOf.get(messageId) })),
  )
  const invitationOf = new Map(invitations.map((invitation) => [invitation.id, invitation]))
  return items.flatMap((item) => {
    const message = messageOf.get(item.messageId)
    if (message === undefined) return []
    const { originator, category, answer, until } = message
    const content = contentOf(words, message, item.deliveryId, item.channel)
    const invitation = item.invitationId === null ? undefined : invitationOf.get(item.invitationId)
    return [{ ...item, content, originator, category, answer, until, invitation: standing(invitation) }]
  })
}

function standing(invitation: InvitationRecord | undefined): InboxEntry['invitation'] {
  if (invitation === undefined) return null
  const { state, value, revision } = invitation
  return { state, value, revision }
}
