import { InviteMeError, isInviteMeError, type ErrorCode } from '../model/error.ts'

/** The connection ended, or gave no answer in time; what was under way on it may or may not have happened. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

/** No connection was made: nothing happened. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected'
}

interface Story {
  /** SQLSTATEs (PostgreSQL documentation, appendix A) or Node's codes of system errors. */
  readonly codes: RegExp
  readonly code: ErrorCode
  readonly story: string
}

const unreachable = 'it cannot be reached, or is just starting or ending; work goes on when it is back'

const stories: readonly Story[] = [
  {
    codes: /^(28000|28P01)$/,
    code: 'STORE_UNAVAILABLE',
    story: 'it refused the user or the password; check both in the address of the store',
  },
  {
    codes: /^3D000$/,
    code: 'STORE_UNAVAILABLE',
    story: 'there is no database of this name; create it, or correct the address of the store',
  },
  {
    codes: /^42501$/,
    code: 'STORE_UNAVAILABLE',
    story:
      'its user lacks a right; let it create a schema, or make the schema and give it to this user beforehand',
  },
  {
    codes: /^(42P01|3F000)$/,
    code: 'STORE_UNAVAILABLE',
    story: 'tables of the workspace are gone; restore a backup, or open the store anew',
  },
  {
    codes: /^53100$/,
    code: 'STORE_FULL',
    story: 'its disk is full; nothing of this was written, free some space and try again',
  },
  {
    codes: /^53300$/,
    code: 'STORE_BUSY',
    story: 'it has no connection left; lower `connections` of the stores, or raise max_connections',
  },
  {
    codes: /^(55P03|57014|25P03|25P04|40P01|40001|53...)$/,
    code: 'STORE_BUSY',
    story: 'something kept it busy for too long; nothing of this was written, try again',
  },
  {
    codes: /^25006$/,
    code: 'STORE_UNAVAILABLE',
    story: 'it only lets itself be read, as a standby does; use the address of the primary',
  },
  {
    codes: /^(57P0.|08...|58...|E[A-Z]+)$/,
    code: 'STORE_UNAVAILABLE',
    story: unreachable,
  },
  {
    codes: /^XX00[12]$/,
    code: 'STORE_UNAVAILABLE',
    story: 'it reports damaged data; restore a backup',
  },
]

const lost =
  'the connection to it was lost; whether this was written is not known, so repeat it with the same key'

/**
 * Puts a Postgres failure into words that say what to do. Our own errors pass unchanged; what is not the database's is
 * passed on as it is, so that bugs keep their stack.
 *
 * @param database where it is, without user and password
 */
export function postgresError(error: unknown, database: string): unknown {
  if (isInviteMeError(error) || !(error instanceof Error)) return error
  if (error instanceof ConnectionLost) {
    const known = storyOf(error.cause)
    const isBusy = known?.code === 'STORE_BUSY'
    return told(known?.code ?? 'STORE_UNAVAILABLE', isBusy ? known.story : lost, database, error)
  }
  if (error instanceof NotConnected) {
    const known = storyOf(error.cause)
    return told(known?.code ?? 'STORE_UNAVAILABLE', known?.story ?? unreachable, database, error)
  }
  const known = storyOf(error)
  if (known !== undefined) return told(known.code, known.story, database, error)
  return isDatabaseError(error) ? withoutValues(error) : error
}

function storyOf(error: unknown): Story | undefined {
  const code = codeOf(error)
  return code === undefined ? undefined : stories.find(({ codes }) => codes.test(code))
}

function told(code: ErrorCode, story: string, database: string, cause: Error): InviteMeError {
  return new InviteMeError(code, `The database "${database}" failed: ${story}.`, {
    field: 'store',
    cause: withoutValues(cause),
  })
}

/** Postgres tells the row that offended in `detail` and `where`: they would take addresses into logs. */
function withoutValues(error: Error): Error {
  for (const name of ['detail', 'where', 'internalQuery'])
    if (name in error) Object.assign(error, { [name]: undefined })
  return error
}

/** SQLSTATE of a database error or code of a system error; `undefined` for any other value. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || isInviteMeError(error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Whether the server itself said no; its transaction, if there is one, is over then. */
export function isDatabaseError(error: unknown): error is Error & { readonly code: string } {
  return /^[0-9A-Z]{5}$/.test(codeOf(error) ?? '') && error instanceof Error && 'severity' in error
}

/** Whether the statement failed only because one before it in the same transaction did. */
export function isAfterFailure(error: unknown): boolean {
  return codeOf(error) === '25P02'
}

/** Whether trying again may succeed by itself: another transaction was faster, or both waited for each other. */
export function isWorthRetrying(error: unknown): boolean {
  return /^(23505|40001|40P01)$/.test(codeOf(error) ?? '')
}
