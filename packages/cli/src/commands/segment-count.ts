import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { readSegmentArgument } from '../segment-argument.ts'
import { settingsOf, type Session } from '../session.ts'

/** Says how many people are in a segment, or pass a filter. */
export async function countSegment(session: Session, argument: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const segment = await readSegmentArgument(session, argument)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const count = await inviteMe.segments.count(segment)
    session.output.result({ count }, () => String(count))
    return exitCodes.done
  })
}
