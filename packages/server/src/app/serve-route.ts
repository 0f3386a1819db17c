import { InviteMeError, isInviteMeError, type ErrorCode, type TraceParent } from '@invite-me/core'
import type { Context } from 'hono'
import type { AppEnv, AppWorld } from './app-world.ts'
import { isOriginAllowed } from '../realtime/origin-check.ts'
import { admit, authenticate, type Caller } from './authenticate.ts'
import { completeResponse } from './complete-response.ts'
import { keyShape } from './idempotency-key.ts'
import { readPlainJson } from './plain-json.ts'
import { refuseForeignHost } from './own-host.ts'
import { inBodyWords } from './problem.ts'
import { tooMany, type RateLimitState } from './rate-limits.ts'
import { mediaTypeOf, readBodyText } from './read-body.ts'
import { pathOf, queryOf, readInput } from './read-input.ts'
import { noBody, readJsonBody } from './read-json-body.ts'
import type { Route, UntypedAnswer, UntypedCall } from './route.ts'

const traceShape = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/

/**
 * Answers a request to a route: who calls and may they, is it not too much, what do they say, then the engine.
 *
 * @throws InviteMeError whatever was wrong, in the words of the caller
 */
export async function serveRoute(world: AppWorld, route: Route, context: Context<AppEnv>): Promise<Response> {
  context.set('route', labelOf(route))
  try {
    const caller = await recognise(world, route, context)
    await countCall(world, caller, context)
    const call = await readCall(world, route, caller, context)
    const answered = await answer(world, route, call, context)
    // Who only looks, and waited to see something, may have lost the right to see it meanwhile.
    if (route.method === 'get' && call.query['wait'] !== undefined) await recognise(world, route, context)
    return answered
  } catch (error) {
    const isRefusal = isInviteMeError(error) && error.status === 401
    throw isRefusal ? await countedRefusal(world, error, context) : error
  }
}

async function answer(
  world: AppWorld,
  route: Route,
  call: UntypedCall,
  context: Context<AppEnv>,
): Promise<Response> {
  const given = await performCall(world, route, call)
  return given instanceof Response ? given : responseOf(given, context)
}

/**
 * Does what a call asks for, whichever way it came, and writes administrative acts down.
 *
 * @throws InviteMeError in the words of the caller
 */
export async function performCall(
  world: AppWorld,
  route: Route,
  call: UntypedCall,
): Promise<UntypedAnswer | Response> {
  const given = await traced(world, route, call, () =>
    route.handle(call).catch(async (error: unknown) => {
      if (route.isGradual && !isAbsence(error)) await recordAct(world, route, call, unfinished(error))
      throw inBodyWords(error, route.rename)
    }),
  )
  if (!(given instanceof Response)) await recordAct(world, route, call, given)
  return given
}

/** `POST /v1/messages` */
export function labelOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method.toUpperCase()} ${path}`
}

async function recognise(world: AppWorld, route: Route, context: Context<AppEnv>): Promise<Caller> {
  if (route.scope === 'none') return { kind: 'nobody' }
  const caller = await authenticate(world, context.req.header('authorization'))
  context.set('caller', caller)
  if (caller.kind === 'host') {
    refuseForeignHost(world, new URL(context.req.url).host)
    refuseForeignPage(world, context)
  }
  admit(caller, route)
  return caller
}

/** Where no key is asked for, any page a browser of the host's network shows could call; the browser says whose page it is. */
function refuseForeignPage({ origins }: AppWorld, { req }: Context<AppEnv>): void {
  if (isOriginAllowed(req.header('origin'), new URL(req.url).host, origins)) return
  throw new InviteMeError('FORBIDDEN', 'Pages of this origin may not call.', { field: 'header.origin' })
}

/** Counts a refusal of whoever sent the request; the error to tell them. */
async function countedRefusal(
  { limits, clientAddress }: AppWorld,
  refusal: InviteMeError,
  context: Context<AppEnv>,
): Promise<InviteMeError> {
  const address = clientAddress(context.req.raw, context.env)
  const over = address === undefined ? undefined : await limits.countRefusal(address)
  if (over === undefined) return refusal
  tellLimit(context, over, true)
  return tooMany(over)
}

async function countCall({ limits }: AppWorld, caller: Caller, context: Context<AppEnv>): Promise<void> {
  const who = nameOf(caller)
  if (who === undefined) return
  const isRead = context.req.method === 'GET' || context.req.method === 'HEAD'
  const { isOver, ...state } = await limits.count(isRead ? 'read' : 'write', who)
  tellLimit(context, state, isOver)
  if (isOver) throw tooMany(state)
}

/** By what a caller's calls are counted; the host's and those nobody signed are not. */
function nameOf(caller: Caller): string | undefined {
  if (caller.kind === 'key') return `key:${caller.key.id}`
  return caller.kind === 'recipient' ? `sub:${caller.sub}` : undefined
}

function tellLimit(context: Context<AppEnv>, state: RateLimitState, isOver: boolean): void {
  const headers = context.get('answerHeaders')
  headers['RateLimit-Limit'] = String(state.limit)
  headers['RateLimit-Remaining'] = String(state.remaining)
  headers['RateLimit-Reset'] = String(state.resetSeconds)
  if (isOver) headers['Retry-After'] = String(state.resetSeconds)
}

async function readCall(
  world: AppWorld,
  route: Route,
  caller: Caller,
  context: Context<AppEnv>,
): Promise<UntypedCall> {
  const request = context.req.raw
  return {
    inviteMe: world.inviteMe,
    world,
    path: readInput(route.params, pathOf(context.req.param()), 'path'),
    query: route.isForeign ? {} : readInput(route.query, queryOf(request.url), 'query'),
    body: await readBody(world, route, request),
    caller,
    idempotencyKey: route.takesKey ? idempotencyKeyOf(request) : undefined,
    request,
    // Made only for those who wait.
    get signal() {
      return request.signal
    },
    requestId: context.get('requestId'),
  }
}

async function readBody(world: AppWorld, route: Route, request: Request): Promise<unknown> {
  if (route.stream.length > 0) {
    if (mediaTypeOf(request, route.stream) !== undefined) return undefined
    throw noBody()
  }
  if (route.body === undefined) return undefined
  const isPresent = mediaTypeOf(request, ['application/json']) !== undefined
  return readJsonBody(
    route,
    isPresent ? readPlainJson(await readBodyText(request, world.maxBodyBytes)) : undefined,
  )
}

function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.headers.get('idempotency-key')
  if (key === null || keyShape.test(key)) return key ?? undefined
  throw new InviteMeError(
    'REQUEST_INVALID',
    'The request was refused: "header.idempotency-key" is wrong: it is 1 to 200 visible ASCII characters.',
    { field: 'header.idempotency-key' },
  )
}

/** Runs the work as a span below the caller's own, when anybody traces. */
function traced<Result extends { readonly status: number }>(
  { tracer }: AppWorld,
  route: Route,
  { request, requestId }: UntypedCall,
  work: () => Promise<Result>,
): Promise<Result> {
  if (tracer === undefined) return work()
  const header = request.headers.get('traceparent')
  const parent: TraceParent | null = header !== null && traceShape.test(header) ? header : null
  const attributes = {
    'http.request.method': request.method,
    'http.route': route.path,
    'invite_me.request_id': requestId,
  }
  const ending = ({ status }: Result) => ({ attributes: { 'http.response.status_code': status } })
  return tracer.span(labelOf(route), { kind: 'server', parent, attributes, ending }, work)
}

/** Nothing was there, so nothing was begun. */
function isAbsence(error: unknown): boolean {
  return isInviteMeError(error) && error.status === 404
}

/** What an act that ended halfway has instead of an answer. */
function unfinished(error: unknown): UnfinishedAct {
  return { status: 500, endedBy: isInviteMeError(error) ? error.code : 'INTERNAL' }
}

interface UnfinishedAct extends UntypedAnswer {
  readonly endedBy: ErrorCode
}

function actorOf(caller: Caller): string {
  if (caller.kind === 'key') return `key:${caller.key.id}`
  return caller.kind === 'queue' ? 'queue:commands' : 'host'
}

/** Writes administrative acts down. The act is done: a failure to write is told to the log, not to the caller. */
async function recordAct(
  { inviteMe, log }: AppWorld,
  route: Route,
  call: UntypedCall,
  answer: UntypedAnswer | UnfinishedAct,
): Promise<void> {
  if ((route.method === 'get' && !route.isAudited) || (route.scope !== 'admin' && route.scope !== 'owner'))
    return
  const actor = actorOf(call.caller)
  try {
    await inviteMe.audit.record({
      actor,
      action: route.operation,
      target: route.auditTarget(call, answer),
      detail: { requestId: call.requestId, ...('endedBy' in answer && { endedBy: answer.endedBy }) },
    })
  } catch (error) {
    log.error('An administrative act could not be written to the audit log.', {
      actor,
      action: route.operation,
      requestId: call.requestId,
      error: error instanceof Error ? error.name : typeof error,
    })
  }
}

function responseOf({ status, body }: UntypedAnswer, context: Context<AppEnv>): Response {
  return body === undefined
    ? completeResponse(context, status, null)
    : completeResponse(context, status, JSON.stringify(body), 'application/json')
}
