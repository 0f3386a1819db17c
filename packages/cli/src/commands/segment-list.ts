import type { Segment } from '@invite-me/core'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { listRows } from '../pages.ts'
import { plainText } from '../plain-text.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** Lists the saved segments, in the order they were first saved. */
export async function listSegments(session: Session): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const segments = await listRows<Segment>((page) => inviteMe.segments.list(page))
    session.output.result({ segments }, () =>
      segments.length === 0
        ? `No segment is saved yet; begin with: invite-me segment save berlin '{"attribute":"city","is":"Berlin"}'`
        : table(columns, segments),
    )
    return exitCodes.done
  })
}

const columns = [
  { heading: 'name', cell: (segment: Segment) => segment.name },
  { heading: 'filter', cell: (segment: Segment) => shortened(plainText(JSON.stringify(segment.filter))) },
]

/** A filter may be long: `segment show` has all of it. */
function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}
