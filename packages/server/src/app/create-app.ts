import type { Clock, InviteMe, Log, Tracer } from '@invite-me/core'
import { Hono, type Context } from 'hono'
import { cors } from 'hono/cors'
import { createPortal } from '../portal/create-portal.ts'
import { createLive, type Live } from '../realtime/create-live.ts'
import type { LiveLimits } from '../realtime/live-limits.ts'
import { routes as everyRoute } from '../routes/index.ts'
import type { AppEnv, AppWorld } from './app-world.ts'
import { docsFile } from './docs-page.ts'
import { openApiDocument, type OpenApiDocument } from './openapi-document.ts'
import { RateLimits, type RateLimitOptions } from './rate-limits.ts'
import { RecipientTokens } from './recipient-token.ts'
import { refuse } from './refuse.ts'
import { mountRoutes } from './mount-routes.ts'
import { systemClock } from '@invite-me/core'
import { methodNotAllowed, notFound } from './unmatched.ts'
import { watchRequest, type RequestRecord } from './watch-request.ts'
import { standardErrorLog } from '../standard-error-log.ts'

/** How the HTTP interface is set up; all optional. */
export interface AppOptions {
  /** `off` for a host that guards the interface itself: then whoever reaches it is the owner, except pages of other origins. Default `required`. */
  readonly keys?: 'required' | 'off'
  /**
   * Host names by which the interface may be called where keys are off, `api.internal`; default none but `localhost` and addresses in
   * figures. Another name could be a foreign page's own, made to lead here.
   */
  readonly hosts?: readonly string[]
  /** Origins whose pages may call, `https://app.example.org`, or `*` for all; default none but the server's own. */
  readonly origins?: readonly string[]
  readonly limits?: RateLimitOptions
  /** What live topics may cost this process. */
  readonly liveLimits?: Partial<LiveLimits>
  /** Longest JSON body; default 1 MiB. */
  readonly maxBodyBytes?: number
  /** Called after each answer, for logs and metrics; must not throw. */
  readonly onRequest?: (record: RequestRecord) => void
  /** Where failures of ours are told; default standard error. */
  readonly log?: Log
  readonly tracer?: Pick<Tracer, 'span'>
  /** Default the system's. */
  readonly clock?: Clock
  /** The network address of whoever sent a request, for counting refusals; default the socket's, where Node serves. */
  readonly clientAddress?: (request: Request, env: unknown) => string | undefined
  /** False once the server is stopping: `/readyz` then says 503. */
  readonly isReady?: () => boolean
  /** Aborts when sends in mode `inline` are to be answered with what is known, because the server stops; default never. */
  readonly ending?: AbortSignal
  /** Answers `/metrics`; default there is no such page. */
  readonly metrics?: () => Promise<{ readonly body: string; readonly contentType: string }>
  /** False: no `/openapi.json` and no `/docs`. */
  readonly docs?: boolean
  /** False: no pages behind links, `/r/…`, `/u/…` and `/p/…`. */
  readonly portal?: boolean
  /** Told in the description; default `0.0.0`. */
  readonly version?: string
}

/** The HTTP interface, ready to be served. */
export interface App {
  /**
   * Answers a request; never rejects.
   * @param env what the server knows beside the request: with `@hono/node-server`, `{ incoming, outgoing }`
   */
  readonly fetch: (request: Request, env?: object) => Promise<Response>
  /** The same as a Hono application, to mount more on it (WebSockets) before the first request. */
  readonly hono: Hono<AppEnv>
  /** What its routes work with. */
  readonly world: AppWorld
  readonly document: OpenApiDocument
  /** Live topics. Give `live.server` to Node's server, and call `live.close()` before it is closed. */
  readonly live: Live
}

/**
 * Makes the HTTP interface of an engine: every route below `/v1`, the pages behind links, health and the description.
 *
 * @example
 * const app = createApp(inviteMe)
 * serve({ fetch: app.fetch, port: 8080 })
 */
export function createApp(inviteMe: InviteMe, options: AppOptions = {}): App {
  const world = worldOf(inviteMe, options)
  const hono = new Hono<AppEnv>({ strict: true })
  const document = openApiDocument(everyRoute, options.version ?? '0.0.0')

  hono.use(watchRequest(world.clock, options.onRequest))
  if (world.origins.length > 0) hono.use(allowOrigins(world.origins))
  mountRoutes(hono, world, everyRoute)
  mountLive(hono, world)
  if (options.metrics !== undefined) mountMetrics(hono, options.metrics)
  if (options.docs !== false) mountDocs(hono, document)
  if (options.portal !== false) mountPortal(hono, world)
  hono.notFound((context) => refuse(world.log, notFound(), context))
  hono.onError((error, context) => refuse(world.log, error, context))
  return {
    hono,
    world,
    document,
    live: world.live,
    fetch: async (request, env = {}) => hono.fetch(request, env),
  }
}

function worldOf(inviteMe: InviteMe, options: AppOptions): AppWorld {
  const clock = options.clock ?? systemClock
  const log = options.log ?? standardErrorLog
  const origins = options.origins ?? []
  const gatekeeper = {
    inviteMe,
    tokens: new RecipientTokens(inviteMe, clock),
    keys: options.keys ?? ('required' as const),
    hosts: options.hosts ?? [],
  }
  return {
    ...gatekeeper,
    inviteMe,
    clock,
    log,
    tracer: options.tracer,
    live: createLive(inviteMe, {
      gatekeeper,
      clock,
      log,
      origins,
      ...(options.liveLimits !== undefined && { limits: options.liveLimits }),
    }),
    origins,
    limits: new RateLimits(options.limits),
    maxBodyBytes: options.maxBodyBytes ?? 1_048_576,
    isReady: options.isReady ?? (() => true),
    ending: options.ending,
    clientAddress: options.clientAddress ?? socketAddress,
  }
}

/** Sockets of live topics. Who shows a wrong key counts as refused, as everywhere. */
function mountLive(hono: Hono<AppEnv>, { live, limits, clientAddress }: AppWorld): void {
  hono.get('/v1/live', (context) => {
    context.set('route', 'GET /v1/live')
    const address = clientAddress(context.req.raw, context.env)
    return live.upgrade(context, () => {
      if (address !== undefined) void limits.countRefusal(address)
    })
  })
  hono.all('/v1/live', (context) => methodNotAllowed(context, '/v1/live', ['GET']))
}

function mountMetrics(hono: Hono<AppEnv>, metrics: NonNullable<AppOptions['metrics']>): void {
  hono.get('/metrics', async (context) => {
    context.set('route', 'GET /metrics')
    const { body, contentType } = await metrics()
    return new Response(body, { headers: { 'content-type': contentType } })
  })
}

function mountDocs(hono: Hono<AppEnv>, document: OpenApiDocument): void {
  const text = JSON.stringify(document)
  hono.get('/openapi.json', (context) => {
    context.set('route', 'GET /openapi.json')
    return new Response(text, {
      headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
    })
  })
  const serveDocs = async (context: Context<AppEnv>, name: string): Promise<Response> => {
    context.set('route', 'GET /docs')
    const file = await docsFile(name, context.req.raw)
    if (file === undefined) throw notFound()
    return file
  }
  hono.get('/docs', (context) => serveDocs(context, ''))
  hono.get('/docs/:name', (context) => serveDocs(context, context.req.param('name')))
}

function mountPortal(hono: Hono<AppEnv>, { inviteMe, clock, log }: AppWorld): void {
  const portal = createPortal(inviteMe, { clock, log })
  for (const purpose of ['r', 'u', 'p'])
    hono.all(`/${purpose}/:token`, (context) => {
      context.set('route', `${context.req.method} /${purpose}/{token}`)
      return portal(context.req.raw)
    })
}

/** Lets pages of other origins call (Fetch standard, CORS); their cookies are never used. */
function allowOrigins(origins: readonly string[]) {
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'Last-Event-ID',
      'Traceparent',
      'X-Request-Id',
    ],
    exposeHeaders: [
      'X-Request-Id',
      'Retry-After',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
    ],
    maxAge: 600,
  })
}

/** The other end of the socket, where Node's server passes it on. */
function socketAddress(_request: Request, env: unknown): string | undefined {
  const incoming = (env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming
  return incoming?.socket?.remoteAddress
}
