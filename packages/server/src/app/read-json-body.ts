import { InviteMeError } from '@invite-me/core'
import { readInput } from './read-input.ts'
import type { Route } from './route.ts'

/**
 * Parses the JSON body of a request to a route.
 *
 * @param json as it was sent; `undefined` when there was none
 * @throws InviteMeError `REQUEST_INVALID`, naming the field
 */
export function readJsonBody(
  { body, isBodyOptional, refusals }: Pick<Route, 'body' | 'isBodyOptional' | 'refusals'>,
  json: unknown,
): unknown {
  if (body === undefined) return undefined
  if (json === undefined && !isBodyOptional) throw noBody()
  return readInput(body, json === undefined ? {} : json, '', refusals)
}

/** The error of a request whose body is missing. */
export function noBody(): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', 'The request was refused: it has no body.', { field: 'body' })
}
