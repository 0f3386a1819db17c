import type { Recipient } from '@invite-me/core'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { listRows } from '../pages.ts'
import { readSegmentArgument } from '../segment-argument.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'
import { recipientColumns } from './recipients-list.ts'

/** The flags of `segment preview`, as the command line parses them. */
export interface PreviewFlags {
  /** Default 10. */
  readonly limit?: number
}

/** Lists the first people of a segment, or of those who pass a filter. */
export async function previewSegment(
  session: Session,
  argument: string,
  { limit = 10 }: PreviewFlags,
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const segment = await readSegmentArgument(session, argument)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const found = await listRows<Recipient>((page) => inviteMe.segments.preview(segment, page), limit + 1)
    const recipients = found.slice(0, limit)
    const hasMore = found.length > limit
    session.output.result({ recipients, hasMore }, () => {
      if (recipients.length === 0) return 'Nobody is in it now.'
      return `${table(recipientColumns, recipients)}${hasMore ? '\n… and more; see them with --limit' : ''}`
    })
    return exitCodes.done
  })
}
