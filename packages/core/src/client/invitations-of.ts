import { everyRow, type PartOfWait, type Remote } from './poll.ts'
import { page } from './readers.ts'
import { pageQuery } from './request-path.ts'
import { invitation } from './shapes.ts'
import type { InvitationRecord } from '../model/invitation.ts'

/** Every invitation of a message, in the order of its recipients. */
export function invitationsOf(
  { transport }: Remote,
  messageId: string,
  wait: PartOfWait = {},
): AsyncGenerator<InvitationRecord, void, undefined> {
  return everyRow((given) =>
    transport.call({
      method: 'GET',
      path: '/v1/invitations',
      query: { messageId, ...pageQuery(given) },
      read: (value, place) => page(invitation)(value, place).items,
      ...wait,
    }),
  )
}
