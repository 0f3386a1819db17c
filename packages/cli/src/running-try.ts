import { resolve } from 'node:path'
import type { Session } from './session.ts'
import { tellTry, type TryAnswer, type TryCommand } from './try-control.ts'
import { readTryState, tryStateFile } from './try-state.ts'

/**
 * Tells the running `try` something: the one of `--db`, else the newest of this user.
 *
 * @throws InviteMeError `STOPPED` when none runs, `REQUEST_INVALID` when it refuses
 */
export async function askRunningTry({ flags, host }: Session, command: TryCommand): Promise<TryAnswer> {
  const db = flags.db ?? host.environment['INVITE_ME_DB']
  const file = tryStateFile(db === undefined ? undefined : resolve(host.directory, db))
  return tellTry(readTryState(file), command)
}
