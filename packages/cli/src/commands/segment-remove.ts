import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { settingsOf, type Session } from '../session.ts'

/** Removes a segment; its people stay as they are. */
export async function removeSegment(session: Session, name: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    await inviteMe.segments.remove(name)
    session.output.result({ removed: name }, () => 'Removed.')
    return exitCodes.done
  })
}
