import { nameOf } from './event-feed.ts'
import type { Remote } from './poll.ts'
import { number, page, record } from './readers.ts'
import { answerOf } from './request-body.ts'
import { pageQuery, path, type Query } from './request-path.ts'
import { inboxEntry, responseReceipt } from './shapes.ts'
import type { Inbox, Inboxes, Topics } from '../face/face.ts'
import type { DomainEvent } from '../model/domain-event.ts'
import { topicOfPerson } from '../model/topic.ts'

const counted = record<{ readonly count: number }>({ count: number })
const changed = record<{ readonly changed: number }>({ changed: number })
const entries = page(inboxEntry)
const troublePauseMs = 5_000

/** The inboxes of the server. A recipient's token opens that person's own. */
export function remoteInboxes(remote: Remote, follow: Topics['follow']): Inboxes {
  return (address, { channel = 'in-app' } = {}) => inboxOf(remote, follow, { address, channel })
}

type Whose = Readonly<{ address: string; channel: string }>

function inboxOf(remote: Remote, follow: Topics['follow'], whose: Whose): Inbox {
  const { transport } = remote
  const mark = async (how: 'read' | 'acknowledge', ids: readonly string[] | 'all'): Promise<number> => {
    const call = { method: 'POST', path: `/v1/inbox/${how}`, query: whose, body: { ids } } as const
    return (await transport.call({ ...call, read: changed })).changed
  }
  return {
    list: async ({ only, ...given } = {}) => {
      const query: Query = { ...whose, only, ...pageQuery(given) }
      return (await transport.call({ method: 'GET', path: '/v1/inbox', query, read: entries })).items
    },
    count: async (only) => {
      const query: Query = { ...whose, only }
      return (await transport.call({ method: 'GET', path: '/v1/inbox/count', query, read: counted })).count
    },
    read: (ids) => mark('read', ids),
    acknowledge: (ids) => mark('acknowledge', ids),
    answer: (itemId, input) =>
      transport.call({
        method: 'POST',
        path: path`/v1/inbox/${{ itemId }}/answer`,
        query: whose,
        body: { input: answerOf(input) },
        read: responseReceipt,
      }),
    on: (handler) => listen(remote, follow, whose, handler),
  }
}

/** Follows the person's topic, which a token of their own may do; the events of everybody it may not read. */
function listen(
  remote: Remote,
  follow: Topics['follow'],
  whose: Whose,
  handler: (event: DomainEvent) => void,
): () => void {
  const { transport, settings } = remote
  const ending = new AbortController()
  const { signal } = ending
  const run = async (): Promise<void> => {
    let after: number | undefined
    while (!signal.aborted && !transport.ended.aborted) {
      try {
        for await (const event of follow(topicOfPerson(whose.address), {
          signal,
          ...(after !== undefined && { after }),
        })) {
          after = event.cursor
          if (!concerns(event, whose)) continue
          const { entry: _entry, ...plain } = event
          tell(plain)
        }
      } catch (error) {
        if (signal.aborted || transport.ended.aborted) return
        settings.log.warn('An inbox cannot be followed; trying again', { error: nameOf(error) })
        await transport.pause(troublePauseMs, signal).catch(() => undefined)
      }
    }
  }
  const tell = (event: DomainEvent): void => {
    try {
      handler(event)
    } catch (error) {
      settings.log.error('A listener threw', { type: event.type, error: nameOf(error) })
    }
  }
  void run()
  return () => ending.abort()
}

function concerns({ type, data }: DomainEvent, { channel, address }: Whose): boolean {
  return type.startsWith('inbox.') && data['channel'] === channel && data['inbox'] === address
}
