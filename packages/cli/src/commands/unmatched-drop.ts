import type { InviteMe } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { allRows } from '../pages.ts'
import { settingsOf, type Session } from '../session.ts'

/** Throws one thing away that fits nothing, once somebody has looked at it. */
export async function dropUnmatched(session: Session, id: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    if (!(await isKept(inviteMe, id))) {
      throw new InviteMeError(
        'REQUEST_INVALID',
        'Nothing with this id is kept; see what is with: invite-me unmatched',
        {
          field: 'id',
        },
      )
    }
    await inviteMe.unmatched.drop(id)
    session.output.result({ dropped: id }, () => 'Thrown away.')
    return exitCodes.done
  })
}

async function isKept({ unmatched }: InviteMe, id: string): Promise<boolean> {
  for await (const fact of allRows((page) => unmatched.list(page))) if (fact.id === id) return true
  return false
}
