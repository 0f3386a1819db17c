import { InviteMeError } from '@invite-me/core/channel'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { plainLines } from '../plain-text.ts'
import { settingsOf, type Session } from '../session.ts'

/** Shows the filter of one segment. */
export async function showSegment(session: Session, name: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const segment = await inviteMe.segments.get(name)
    if (segment === undefined)
      throw new InviteMeError(
        'SEGMENT_UNKNOWN',
        'There is no segment with this name; see them with: invite-me segment list',
        { field: 'name' },
      )
    session.output.result({ segment }, () => plainLines(JSON.stringify(segment.filter, null, 2)))
    return exitCodes.done
  })
}
