import { isInviteMeError, type Log } from '@invite-me/core'
import type { Context } from 'hono'
import type { AppEnv } from './app-world.ts'
import { completeResponse } from './complete-response.ts'
import { problemOf, problemType } from './problem.ts'

/** Turns whatever was thrown into a problem document. */
export function refuse(log: Log, error: unknown, context: Context<AppEnv>): Response {
  const problem = problemOf(error, context.get('requestId'))
  const headers = context.get('answerHeaders')
  if (problem.status === 401) headers['WWW-Authenticate'] = 'Bearer realm="invite-me"'
  if (problem.status === 503) headers['Retry-After'] ??= '1'
  // RFC 9110 §15.5.16: which coding would have been taken.
  if (problem.field === 'header.content-encoding') headers['Accept-Encoding'] = 'identity'
  // Being stopped is no failure, and may be asked for every second.
  if (problem.status >= 500 && problem.code !== 'STOPPED') logFailure(log, error, context)
  return completeResponse(context, problem.status, JSON.stringify(problem), problemType)
}

function logFailure(log: Log, error: unknown, context: Context<AppEnv>): void {
  log.error('The HTTP interface could not answer a request.', {
    route: context.get('route'),
    requestId: context.get('requestId'),
    ...(isInviteMeError(error) && { code: error.code }),
    error: error instanceof Error ? `${error.name}: ${error.message}` : typeof error,
  })
}
