import { InviteMeError, isInviteMeError, type ErrorCode } from '../model/error.ts'

const stories: readonly { readonly codes: RegExp; readonly code: ErrorCode; readonly story: string }[] = [
  {
    codes: /^SQLITE_BUSY/,
    code: 'STORE_BUSY',
    story: 'another process kept it locked for too long; nothing was written, try again',
  },
  {
    codes: /^SQLITE_FULL/,
    code: 'STORE_FULL',
    story: 'the disk is full; nothing of this was written, free some space and try again',
  },
  {
    codes: /^SQLITE_READONLY/,
    code: 'STORE_UNAVAILABLE',
    story: 'it cannot be written; check the permissions of the file and its folder',
  },
  {
    codes: /^SQLITE_(NOTADB|CORRUPT)/,
    code: 'STORE_UNAVAILABLE',
    story: 'it is not a healthy SQLite file; restore a backup or choose another file',
  },
  {
    codes: /^SQLITE_CANTOPEN/,
    code: 'STORE_UNAVAILABLE',
    story: 'it cannot be opened; check that the folder exists and may be written',
  },
  {
    codes: /^SQLITE_IOERR/,
    code: 'STORE_UNAVAILABLE',
    story: 'the disk reported an error; check the disk and its free space',
  },
]

/**
 * Puts a SQLite failure into words that say what to do. Our own errors pass unchanged; what is not SQLite's is
 * passed on as it is, so that bugs keep their stack.
 */
export function sqliteError(error: unknown, file: string): unknown {
  if (isInviteMeError(error) || !(error instanceof Error)) return error
  const sqliteCode = 'code' in error ? String(error.code) : ''
  const known = stories.find((candidate) => candidate.codes.test(sqliteCode))
  if (known !== undefined)
    return new InviteMeError(known.code, `The database "${file}" failed: ${known.story}.`, {
      field: 'store',
      cause: error,
    })
  if (error instanceof TypeError && error.message === 'The database connection is not open')
    return new InviteMeError(
      'STOPPED',
      `The database "${file}" was closed; the engine that used it was stopped.`,
      { field: 'store', cause: error },
    )
  // The driver refuses a missing folder before SQLite sees it.
  if (error instanceof TypeError && error.message.includes('directory'))
    return new InviteMeError(
      'STORE_UNAVAILABLE',
      `The database "${file}" cannot be opened: check that the folder exists and may be written.`,
      { field: 'store', cause: error },
    )
  return error
}
