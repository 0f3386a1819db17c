import { InviteMeError } from '@invite-me/core'
import { decodeEventCursor } from '../app/page-cursor.ts'

/**
 * Reads a cursor a follower gives back.
 *
 * @param field where it stood: `after`, `query.after`, `header.last-event-id`
 * @throws InviteMeError `REQUEST_INVALID`
 */
export function readAfter(text: string, field: string): number {
  try {
    return decodeEventCursor(text)
  } catch (cause) {
    throw new InviteMeError(
      'REQUEST_INVALID',
      `"${field}" is wrong: give back a cursor you were given, unchanged.`,
      {
        field,
        cause,
      },
    )
  }
}
