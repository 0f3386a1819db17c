import {
  context,
  isSpanContextValid,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions as OpenTelemetryOptions,
} from '@opentelemetry/api'
import type { Tracer, TraceParent } from '@invite-me/core'
import { isInviteMeError } from '@invite-me/core'

/** Where a span belongs, as the engine says it. */
type SpanOptions = Omit<Parameters<Tracer['span']>[1], 'ending'>

/**
 * Traces by OpenTelemetry. Only its interface is used: without an SDK nothing is recorded. The SDK comes by the environment:
 * `NODE_OPTIONS=--import=./telemetry.js`.
 *
 * @see docs/operations/observe.md#traces
 */
export function openTelemetryTracer(): Tracer {
  // Asked anew for each span: an SDK may be registered after this.
  const tracer = () => trace.getTracer('invite-me')
  return {
    isOn: hasSdk,
    current: () => placeOf(trace.getActiveSpan()),
    span: (name, options, work) =>
      tracer().startActiveSpan(name, optionsOf(options), contextOf(options), async (span) => {
        try {
          const result = await work()
          const { attributes, failure } = options.ending?.(result) ?? {}
          if (attributes !== undefined) span.setAttributes({ ...attributes })
          if (failure !== undefined) markFailed(span, failure)
          return result
        } catch (error) {
          markThrown(span, error, options.kind)
          throw error
        } finally {
          span.end()
        }
      }),
  }
}

/** What stands where an SDK would be. */
const nobody = new ProxyTracerProvider().getDelegate()

function hasSdk(): boolean {
  const provider = trace.getTracerProvider()
  // Another copy of the interface has another class; what it has registered is asked as if it recorded.
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== nobody
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

function optionsOf({ kind = 'internal', links = [], attributes, tookMs }: SpanOptions): OpenTelemetryOptions {
  return {
    kind: kinds[kind],
    links: links.flatMap((place) => linkTo(readPlace(place))),
    ...(attributes !== undefined && { attributes: { ...attributes } }),
    ...(tookMs !== undefined && { startTime: Date.now() - tookMs }),
  }
}

/** W3C Trace Context §3.2, version 00. */
const shape = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/

function readPlace(place: TraceParent | null): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = '0'] = shape.exec(place ?? '') ?? []
  const remote: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
  return isSpanContextValid(remote) ? remote : undefined
}

function linkTo(place: SpanContext | undefined): Link[] {
  return place === undefined ? [] : [{ context: place }]
}

/** Under the given place when there is one that can be read, else under whatever runs now, unless it follows from others. */
function contextOf({ parent, links }: SpanOptions): Context {
  const remote = readPlace(parent)
  if (remote !== undefined) return trace.setSpanContext(ROOT_CONTEXT, remote)
  return links === undefined ? context.active() : ROOT_CONTEXT
}

function placeOf(span: Span | undefined): TraceParent | null {
  const place = span?.spanContext()
  if (place === undefined || !isSpanContextValid(place)) return null
  return `00-${place.traceId}-${place.spanId}-${place.traceFlags.toString(16).padStart(2, '0')}`
}

/** The error's message stays out: it may come from a library, and hold an address. */
function markThrown(span: Span, error: unknown, kind: SpanOptions['kind']): void {
  if (kind === 'server')
    span.setAttribute('http.response.status_code', isInviteMeError(error) ? error.status : 500)
  // What a caller did wrong is no failure of ours (OpenTelemetry, "HTTP server").
  if (kind === 'server' && isInviteMeError(error) && error.status < 500) return
  markFailed(span, isInviteMeError(error) ? error.code : error instanceof Error ? error.name : 'unknown')
}

function markFailed(span: Span, type: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: type })
  span.setAttribute('error.type', type)
}
