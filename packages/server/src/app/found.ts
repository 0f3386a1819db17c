import { InviteMeError, type ErrorCode } from '@invite-me/core'

/**
 * What was looked for by an id in the path.
 * @throws InviteMeError with the code when there is nothing
 */
export function found<Value>(value: Value | undefined, code: ErrorCode, field = 'path.id'): Value {
  if (value !== undefined) return value
  throw new InviteMeError(code, 'There is nothing with this id.', { field })
}
