import { readConnectOptions, type ConnectOptions } from './client-options.ts'
import { EventFeed } from './event-feed.ts'
import type { InviteMeClient } from './invite-me-client.ts'
import type { Remote } from './poll.ts'
import { remoteAsking } from './remote-asking.ts'
import { remoteDesks } from './remote-desks.ts'
import { remoteInboxes } from './remote-inbox.ts'
import { remoteRecipients } from './remote-recipients.ts'
import { remoteSegments } from './remote-segments.ts'
import { remoteSuppressions } from './remote-suppressions.ts'
import { remoteTopics } from './remote-topics.ts'
import { Transport } from './transport.ts'

/**
 * Takes hold of an engine on a server. Nothing is sent until the first call. What a server refuses is thrown as it was there, an
 * `InviteMeError` with its code and field; a server that cannot be reached is `SERVER_UNREACHABLE`.
 *
 * @throws InviteMeError `OPTIONS_INVALID`, naming the option
 * @example
 * const inviteMe = connect({ url: 'https://invites.example.org', key: 'imk_…' })
 * const invitation = await inviteMe.ask('sam', 'Dinner on Friday at 8?', { answer: yesNo() })
 * const result = await invitation.answer()
 */
export function connect(options: ConnectOptions): InviteMeClient {
  const settings = readConnectOptions(options)
  const transport = new Transport(settings)
  const remote: Remote = { transport, settings }
  const feed = new EventFeed(remote)
  const topics = remoteTopics(remote)
  return {
    ...remoteAsking(remote),
    ...remoteDesks(remote),
    recipients: remoteRecipients(remote),
    segments: remoteSegments(remote),
    suppressions: remoteSuppressions(remote),
    inbox: remoteInboxes(remote, topics.follow),
    topics,
    on: (type, handler) => feed.on(type, handler),
    stop: async () => {
      transport.stop()
    },
  }
}
