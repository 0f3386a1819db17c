import { inspect } from 'node:util'
import { isInviteMeError } from '@invite-me/core/channel'
import { exitCodeOf, exitCodes, type ExitCode } from './exit-code.ts'
import type { Host } from './host.ts'
import type { Output } from './output.ts'

/**
 * Says in one sentence why a command failed. With `INVITE_ME_DEBUG` set the stack and the causes come first; they may hold
 * what the sentence leaves out.
 *
 * @returns the exit code that goes with it
 */
export function reportError(error: unknown, output: Output, { environment, stderr, stop }: Host): ExitCode {
  if ((environment['INVITE_ME_DEBUG'] ?? '') !== '') stderr.write(`${inspect(error)}\n`)
  if (!isInviteMeError(error)) {
    output.failure({ code: 'INTERNAL', message: describe(error) })
    return exitCodes.failed
  }
  if (stop.aborted && (error.code === 'WAIT_ABORTED' || error.code === 'STOPPED')) {
    output.remark('Stopped. Nothing is lost: go on with invite-me status <messageId> --wait')
    return exitCodes.interrupted
  }
  output.failure(error)
  return exitCodeOf(error.code)
}

/** System errors (a port in use, a folder that is missing) speak for themselves; anything else is our own bug. */
function describe(error: unknown): string {
  if (error instanceof Error && 'syscall' in error) return `${error.message}.`
  return 'Something unforeseen happened, which is a bug; set INVITE_ME_DEBUG=1 to see where, and report it.'
}
