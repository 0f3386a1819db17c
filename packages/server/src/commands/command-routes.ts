import { InviteMeError, type Scope } from '@invite-me/core'
import type { Route } from '../app/route.ts'

/** Scopes commands can have; what changes keys is for people, over HTTP. */
export const commandScopes = ['send', 'admin'] as const satisfies readonly Scope[]

/** Operations whose answer holds a secret, which must not lie in a queue. */
const answersSecret: ReadonlySet<string> = new Set([
  'webhooks.create',
  'webhooks.rotateSecret',
  'recipients.token',
  'recipients.preferencesLink',
])

/**
 * Whether an operation of the HTTP interface is a command: it changes something, its body is JSON, and its answer holds no
 * secret. What only looks is asked over HTTP, or heard of by events.
 */
function isCommand({ method, operation, scope, stream, isForeign }: Route): boolean {
  return (
    method !== 'get' &&
    commandScopes.some((one) => one === scope) &&
    stream.length === 0 &&
    !isForeign &&
    !answersSecret.has(operation)
  )
}

/** The commands among the operations, by name. */
export function commandsAmong(routes: readonly Route[]): ReadonlyMap<string, Route> {
  return new Map(routes.filter(isCommand).map((route) => [route.operation, route]))
}

/**
 * The operation a command names.
 * @throws InviteMeError `REQUEST_INVALID`
 */
export function findCommand(commands: ReadonlyMap<string, Route>, name: string): Route {
  const route = commands.get(name)
  if (route !== undefined) return route
  throw new InviteMeError(
    'REQUEST_INVALID',
    'There is no command of this name: it is an operation that changes something, as /openapi.json names it, such as "invitations.ask".',
    { field: 'command' },
  )
}
