import { InviteMeError } from '@invite-me/core'
import type { Context } from 'hono'
import type { AppEnv } from './app-world.ts'

/** The error of an address nothing is behind. */
export function notFound(): InviteMeError {
  return new InviteMeError(
    'NOT_FOUND',
    'There is nothing at this address; see /openapi.json for what there is.',
  )
}

/**
 * Answers a method a path does not have; OPTIONS says which ones it has.
 * @throws InviteMeError `METHOD_NOT_ALLOWED`
 */
export function methodNotAllowed(
  context: Context<AppEnv>,
  path: string,
  methods: readonly string[],
): Response {
  const allow = [...methods, 'OPTIONS'].join(', ')
  context.get('answerHeaders')['Allow'] = allow
  context.set('route', `${context.req.method} ${path}`)
  if (context.req.method === 'OPTIONS') return new Response(null, { status: 204 })
  throw new InviteMeError('METHOD_NOT_ALLOWED', `${context.req.method} is not one of ${allow}.`)
}
