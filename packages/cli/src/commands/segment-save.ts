import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { readFilterArgument } from '../segment-argument.ts'
import { settingsOf, type Session } from '../session.ts'

/** Keeps a filter under a name, and says how many people it finds now. */
export async function saveSegment(session: Session, name: string, argument: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const filter = await readFilterArgument(session, argument)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const segment = await inviteMe.segments.save(name, filter)
    const count = await inviteMe.segments.count(name)
    session.output.result({ segment, count }, () => `Saved "${segment.name}"; people in it now: ${count}`)
    return exitCodes.done
  })
}
