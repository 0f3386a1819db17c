import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { InviteMeError } from '@invite-me/core/channel'
import type { Session } from './session.ts'

/**
 * Opens a file the person named, or standard input for `-`.
 * @param about what the file should be, and the flag or argument it was named by
 * @throws InviteMeError `REQUEST_INVALID` when it cannot be read
 */
export async function* openBytes(
  session: Session,
  file: string,
  { what, field }: { readonly what: string; readonly field: string },
): AsyncGenerator<Uint8Array> {
  try {
    yield* file === '-' ? session.host.stdin : createReadStream(resolve(session.host.directory, file))
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : String(cause.code)
    throw new InviteMeError('REQUEST_INVALID', `The ${what} "${file}" cannot be read: ${reason}.`, {
      field,
      cause,
    })
  }
}
