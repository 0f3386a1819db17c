import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { askRunningTry } from '../running-try.ts'

/** The flags of `break`, as the command line parses them. */
export interface BreakFlags {
  readonly down?: boolean
}

/** Makes a channel of the running `try` fail, so that its messages take the next route. */
export async function breakChannel(
  session: Session,
  channel: string,
  { down = false }: BreakFlags,
): Promise<ExitCode> {
  const answer = await askRunningTry(session, { command: 'break', channel, isDown: down })
  session.output.result(
    answer,
    () =>
      `${answer.broken.join(', ')} broken. Ask again (Enter, where \`invite-me try\` runs) and see which way it goes.`,
  )
  return exitCodes.done
}
