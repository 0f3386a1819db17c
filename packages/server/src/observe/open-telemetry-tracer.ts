import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api'
import type { Tracer, TraceParent } from '@invite-me/core'
import { isInviteMeError } from '@invite-me/core'

/**
 * Traces by OpenTelemetry. Only its interface is used: without an SDK nothing is recorded, and places in a trace are passed on
 * all the same. The SDK comes by the environment: `NODE_OPTIONS=--import=./telemetry.js`.
 *
 * @see docs/operations/observe.md#traces
 */
export function openTelemetryTracer(): Tracer {
  // Asked anew for each span: an SDK may be registered after this.
  const tracer = () => trace.getTracer('invite-me')
  return {
    current: () => placeOf(trace.getActiveSpan()),
    span: (name, { parent, attributes }, work) =>
      tracer().startActiveSpan(
        name,
        { kind: kindOf(name), ...(attributes !== undefined && { attributes: { ...attributes } }) },
        contextOf(parent),
        async (span) => {
          try {
            return await work()
          } catch (error) {
            markFailed(span, error)
            throw error
          } finally {
            span.end()
          }
        },
      ),
  }
}

/** W3C Trace Context §3.2, version 00. */
const shape = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/

/** Under the given place when there is one that can be read, else under whatever runs now. */
function contextOf(parent: TraceParent | null): Context {
  const [, traceId = '', spanId = '', flags = '0'] = shape.exec(parent ?? '') ?? []
  const remote: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
  return isSpanContextValid(remote) ? trace.setSpanContext(ROOT_CONTEXT, remote) : context.active()
}

function placeOf(span: Span | undefined): TraceParent | null {
  const place = span?.spanContext()
  if (place === undefined || !isSpanContextValid(place)) return null
  return `00-${place.traceId}-${place.spanId}-${place.traceFlags.toString(16).padStart(2, '0')}`
}

/** What others see of a span: who waits for whom (OpenTelemetry, "SpanKind"). */
function kindOf(name: string): SpanKind {
  if (/^[A-Z]+ \//.test(name)) return SpanKind.SERVER
  if (name === 'publish') return SpanKind.PRODUCER
  if (name === 'take') return SpanKind.CONSUMER
  return name.startsWith('send ') ? SpanKind.CLIENT : SpanKind.INTERNAL
}

/** The error's message stays out: it may come from a library, and hold an address. */
function markFailed(span: Span, error: unknown): void {
  const type = isInviteMeError(error) ? error.code : error instanceof Error ? error.name : 'unknown'
  span.setStatus({ code: SpanStatusCode.ERROR, message: type })
  span.setAttribute('error.type', type)
}
