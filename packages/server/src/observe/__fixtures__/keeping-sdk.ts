import { AsyncLocalStorage } from 'node:async_hooks'
import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Attributes,
  type Context,
  type ContextManager,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  type Tracer,
} from '@opentelemetry/api'

/** A span as an SDK would export it. */
export interface KeptSpan {
  readonly name: string
  readonly parentId: string | undefined
  readonly place: SpanContext
  readonly options: SpanOptions
  readonly attributes: Attributes
  readonly status: SpanStatus | undefined
  readonly isEnded: boolean
}

type Kept = { -readonly [Member in keyof KeptSpan]: KeptSpan[Member] }

/** As much of an SDK as it takes to see what an SDK would see. */
export interface KeepingSdk {
  /** In the order they began to be told of. */
  readonly spans: readonly KeptSpan[]
  /** Makes it the SDK of this process. */
  register(): void
  /** Takes it away. */
  remove(): void
}

/** Makes such an SDK. */
export function keepingSdk(): KeepingSdk {
  const spans: Kept[] = []
  const tracer = keepingTracer(spans)
  return {
    spans,
    register: () => {
      context.setGlobalContextManager(followingContext())
      trace.setGlobalTracerProvider({ getTracer: () => tracer })
    },
    remove: () => {
      trace.disable()
      context.disable()
    },
  }
}

function keepingTracer(spans: Kept[]): Tracer {
  const startSpan: Tracer['startSpan'] = (name, options = {}, under = context.active()) => {
    const above = options.root === true ? undefined : trace.getSpanContext(under)
    const parent = above !== undefined && isSpanContextValid(above) ? above : undefined
    const number = String(spans.length + 1)
    const kept: Kept = {
      name,
      parentId: parent?.spanId,
      place: {
        traceId: parent?.traceId ?? number.padStart(32, 'a'),
        spanId: number.padStart(16, 'b'),
        traceFlags: 1,
      },
      options,
      attributes: { ...options.attributes },
      status: undefined,
      isEnded: false,
    }
    spans.push(kept)
    return spanOf(kept)
  }
  return {
    startSpan,
    startActiveSpan: (name: string, ...rest: readonly unknown[]): never => {
      const work = rest.at(-1) as (span: Span) => unknown
      const [options, under = context.active()] = rest.slice(0, -1) as [SpanOptions, Context?]
      const span = startSpan(name, options, under)
      return context.with(trace.setSpan(under, span), () => work(span)) as never
    },
  }
}

function spanOf(kept: Kept): Span {
  const span: Span = {
    spanContext: () => kept.place,
    setAttribute: (key, value) => span.setAttributes({ [key]: value }),
    setAttributes: (attributes) => {
      Object.assign(kept.attributes, attributes)
      return span
    },
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: (status) => {
      kept.status = status
      return span
    },
    updateName: () => span,
    end: () => {
      kept.isEnded = true
    },
    isRecording: () => true,
    recordException: () => undefined,
  }
  return span
}

function followingContext(): ContextManager {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (under, work, self, ...args) => storage.run(under, () => work.call(self as never, ...args)),
    bind: (_under, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}
