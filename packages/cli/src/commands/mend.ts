import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { askRunningTry } from '../running-try.ts'

/** Takes `break` back for one channel, or for all when none is named. */
export async function mendChannel(session: Session, channel: string | undefined): Promise<ExitCode> {
  const answer = await askRunningTry(session, {
    command: 'mend',
    ...(channel === undefined ? {} : { channel }),
  })
  session.output.result(answer, () =>
    answer.broken.length === 0 ? 'Everything works again.' : `Still broken: ${answer.broken.join(', ')}`,
  )
  return exitCodes.done
}
