import { systemClock, type InviteMe } from '@invite-me/core'
import { createApp, type App } from './app/create-app.ts'
import { forwardedAddress } from './client-address.ts'
import type { ServerConfig } from './config.ts'
import { healthPages } from './health-pages.ts'
import type { PublicListening } from './listen-public.ts'
import type { Logger } from './observe/logger.ts'
import type { Metrics } from './observe/metrics.ts'
import { openTelemetryTracer } from './observe/open-telemetry-tracer.ts'

/** What is served over HTTP, and how. */
export interface HttpParts {
  readonly inviteMe: InviteMe
  readonly config: ServerConfig
  readonly log: Logger
  readonly metrics: Metrics
  readonly version: string | undefined
  /** False once the server is stopping. */
  readonly isReady: () => boolean
  /** Aborts when requests that wait are to be answered. */
  readonly ending: AbortSignal
}

/**
 * Begins to answer: the whole interface, or only how the process is when it has another role.
 *
 * @returns the interface; `undefined` when it is not served
 */
export function serveHttp(listening: PublicListening | undefined, parts: HttpParts): App | undefined {
  const { config, metrics, inviteMe, isReady, ending } = parts
  const pages = config.metrics ? { metrics: () => metrics.expose() } : {}
  if (!config.isApi) {
    listening?.serve({ fetch: healthPages({ inviteMe, isReady, ...pages }) })
    return undefined
  }
  const app = appOf(parts, pages)
  listening?.serve({
    webSockets: app.live.server,
    fetch: (request, env) => app.fetch(endingWith(ending, request), env),
  })
  return app
}

function appOf(
  { inviteMe, config, log, metrics, version, isReady, ending }: HttpParts,
  pages: { readonly metrics?: Metrics['expose'] },
): App {
  return createApp(inviteMe, {
    ...pages,
    log,
    clock: systemClock,
    tracer: openTelemetryTracer(),
    origins: config.origins,
    limits: limitsOf(config),
    docs: config.docs,
    clientAddress: forwardedAddress(config.trustedProxies),
    isReady,
    ending,
    onRequest: (record) => {
      metrics.countRequest(record)
      log.request(record)
    },
    ...(version !== undefined && { version }),
  })
}

function limitsOf({ writesPerMinute, readsPerMinute }: ServerConfig) {
  return {
    ...(writesPerMinute !== undefined && { writesPerMinute }),
    ...(readsPerMinute !== undefined && { readsPerMinute }),
  }
}

/** A request that waits is answered with what is known once the server stops, instead of keeping it. */
function endingWith(ending: AbortSignal, request: Request): Request {
  if (!request.url.includes('wait=')) return request
  return new Request(request, { signal: AbortSignal.any([request.signal, ending]) })
}
