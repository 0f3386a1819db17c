import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { plainLines } from '../plain-text.ts'
import { settingsOf, type Session } from '../session.ts'

/** Tells in plain words what happened to one invitation, and why. */
export async function why(session: Session, invitationId: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const invitation = await inviteMe.invitation(invitationId)
    const explanation = await invitation.why()
    session.output.result({ invitationId, to: invitation.to, lines: explanation.split('\n') }, () =>
      plainLines(explanation),
    )
    return exitCodes.done
  })
}
