import { describeTime } from '../describe.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { askRunningTry } from '../running-try.ts'

/** Moves the clock of the running `try` forward, so that what waits for a time happens at once. */
export async function advanceClock(session: Session, byMs: number): Promise<ExitCode> {
  const answer = await askRunningTry(session, { command: 'advance', byMs })
  session.output.result(
    answer,
    () => `It is ${describeTime(new Date(answer.now))} now in the running \`invite-me try\`.`,
  )
  return exitCodes.done
}
