import { InviteMeError, isInviteMeError, type Scope } from '@invite-me/core'
import type { AppWorld } from '../app/app-world.ts'
import { admit } from '../app/authenticate.ts'
import { problemOf, problemType, type Problem } from '../app/problem.ts'
import { readInput, storable } from '../app/read-input.ts'
import { readJsonBody } from '../app/read-json-body.ts'
import { requestIdOf } from '../app/request-id.ts'
import type { Route, UntypedAnswer, UntypedCall } from '../app/route.ts'
import { performCall } from '../app/serve-route.ts'
import { findCommand } from './command-routes.ts'
import { keyOf, readEnvelope, type CommandEnvelope } from './command-envelope.ts'

/** What a header can hold of it; the tracer reads it more closely. */
const traceShape = /^[\da-f-]{55}$/

/** A message from the queue of commands. */
export interface CommandMessage {
  readonly body: Uint8Array
  /** AMQP's `message_id`. */
  readonly messageId: string | undefined
  /** The place in a trace it was sent from. */
  readonly traceparent: string | undefined
}

/** What became of a command. */
export interface CommandEnd {
  /** `later`: the store, or something else it needs, is away; it is to be tried again. */
  readonly kind: 'done' | 'refused' | 'later'
  /** `invitations.ask`; `unknown` for what names none. */
  readonly command: string
  readonly requestId: string
  /** Status, media type and body are those of an answer over HTTP; an answer without body has `''`. */
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** Why it was not done. */
  readonly problem?: Problem
}

/** What commands are run with. */
export interface CommandWorld {
  readonly app: AppWorld
  /** By name. */
  readonly commands: ReadonlyMap<string, Route>
  /** What whoever may put messages into the queue may do. */
  readonly scopes: readonly Scope[]
}

/**
 * Does what a message asks for, by the schemas and the handler of the same operation over HTTP.
 *
 * @throws nothing
 */
export async function runCommand(world: CommandWorld, message: CommandMessage): Promise<CommandEnd> {
  const requestId = requestIdOf(message.messageId)
  let command = 'unknown'
  try {
    const envelope = readEnvelope(message.body, world.app.maxBodyBytes)
    const route = findCommand(world.commands, envelope.command)
    command = route.operation
    const call = readCall(world, route, { envelope, message, requestId })
    return doneAs({ command, requestId }, await performCall(world.app, route, call))
  } catch (error) {
    return refusedAs(world, { command, requestId }, error)
  }
}

interface Said {
  readonly envelope: CommandEnvelope
  readonly message: CommandMessage
  readonly requestId: string
}

/** In the order of a request: who and may they, then what they say. */
function readCall({ app, scopes }: CommandWorld, route: Route, said: Said): UntypedCall {
  const { body, params = {}, query = {} } = said.envelope
  const caller = { kind: 'queue', scopes } as const
  admit(caller, route)
  const key = keyOf(said.envelope, said.message.messageId)
  if (route.body === undefined && body !== undefined) throw refused('body', 'this command has none')
  const call = {
    inviteMe: app.inviteMe,
    world: app,
    path: readInput(route.params, storable(params, 'path'), 'path'),
    query: readInput(route.query, storable(query, 'query'), 'query'),
    body: readJsonBody(route, body),
    caller,
    idempotencyKey: route.takesKey ? key : undefined,
    request: requestLike(route, said.message.traceparent),
    signal: app.ending ?? new AbortController().signal,
    requestId: said.requestId,
  }
  refuseWaiting(call)
  return call
}

/** Who waits in a queue keeps others waiting. */
function refuseWaiting({ body, query }: Pick<UntypedCall, 'body' | 'query'>): void {
  const why = 'a command does not wait; what happens later is told by events'
  if (query['wait'] !== undefined) throw refused('query.wait', why)
  if (typeof body === 'object' && body !== null && 'mode' in body && body.mode === 'inline')
    throw refused('mode', why)
}

function refused(field: string, problem: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `The request was refused: "${field}" is wrong: ${problem}.`, {
    field,
  })
}

/** A request without body or address, for what reads its method and its place in a trace. */
function requestLike({ method }: Route, traceparent = ''): Request {
  const headers = new Headers()
  if (traceShape.test(traceparent)) headers.set('traceparent', traceparent)
  return new Request('http://queue.invalid/', { method: method.toUpperCase(), headers })
}

type Named = Pick<CommandEnd, 'command' | 'requestId'>

function doneAs(named: Named, answer: UntypedAnswer | Response): CommandEnd {
  if (answer instanceof Response)
    throw new InviteMeError('INTERNAL', `The command ${named.command} answered with a stream.`)
  const { status, body } = answer
  return {
    ...named,
    kind: 'done',
    status,
    contentType: 'application/json',
    body: body === undefined ? '' : JSON.stringify(body),
  }
}

function refusedAs({ app }: CommandWorld, named: Named, error: unknown): CommandEnd {
  const problem = problemOf(error, named.requestId)
  const isLater = problem.status === 503 || problem.status === 507
  if (problem.status >= 500 && !isLater) logFailure(app, named, error)
  return {
    ...named,
    kind: isLater ? 'later' : 'refused',
    status: problem.status,
    contentType: problemType,
    body: JSON.stringify(problem),
    problem,
  }
}

function logFailure({ log }: AppWorld, { command, requestId }: Named, error: unknown): void {
  log.error('A command could not be done.', {
    command,
    requestId,
    ...(isInviteMeError(error) && { code: error.code }),
    error: error instanceof Error ? `${error.name}: ${error.message}` : typeof error,
  })
}
