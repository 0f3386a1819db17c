import { AsyncLocalStorage } from 'node:async_hooks'
import {
  context,
  ROOT_CONTEXT,
  trace,
  type Context,
  type ContextManager,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api'
import { InviteMeError } from '@invite-me/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTelemetryTracer } from './open-telemetry-tracer.ts'

interface Kept {
  readonly name: string
  readonly parentId: string | undefined
  readonly place: SpanContext
  readonly options: SpanOptions
  readonly attributes: Record<string, unknown>
  status: unknown
  isEnded: boolean
}

/** As much of an SDK as it takes to see what an SDK would see. */
class KeepingTracer implements Tracer {
  readonly spans: Kept[] = []

  startSpan(name: string, options: SpanOptions = {}, under: Context = context.active()): Span {
    const parent = trace.getSpanContext(under)
    const number = String(this.spans.length + 1)
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
    this.spans.push(kept)
    const span: Span = {
      spanContext: () => kept.place,
      setAttribute: (key, value) => {
        kept.attributes[key] = value
        return span
      },
      setAttributes: () => span,
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

  startActiveSpan(name: string, ...rest: readonly unknown[]): never {
    const work = rest.at(-1) as (span: Span) => unknown
    const [options, under = context.active()] = rest.slice(0, -1) as [SpanOptions, Context?]
    const span = this.startSpan(name, options, under)
    return context.with(trace.setSpan(under, span), () => work(span)) as never
  }
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

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

describe('with an SDK', () => {
  let sdk: KeepingTracer
  beforeEach(() => {
    sdk = new KeepingTracer()
    context.setGlobalContextManager(followingContext())
    trace.setGlobalTracerProvider({ getTracer: () => sdk })
  })
  afterEach(() => {
    trace.disable()
    context.disable()
  })

  it('a message is one trace through processes, from the request to the answer', async () => {
    const tracer = openTelemetryTracer()
    let carried: string | null = null
    await tracer.span('POST /v1/invitations', { parent }, () =>
      tracer.span('accept', { parent: null, attributes: { 'invite_me.recipients': 1 } }, async () => {
        carried = tracer.current()
      }),
    )
    // Another process takes it up later, with nothing but the place.
    await tracer.span('send email', { parent: carried }, async () => undefined)
    await tracer.span('record answer', { parent: carried }, async () => undefined)
    const [request, accept, send, answer] = sdk.spans
    expect(new Set(sdk.spans.map(({ place }) => place.traceId))).toEqual(
      new Set(['0af7651916cd43dd8448eb211c80319c']),
    )
    expect(request?.parentId).toBe('b7ad6b7169203331')
    expect(accept?.parentId).toBe(request?.place.spanId)
    expect(accept?.attributes).toEqual({ 'invite_me.recipients': 1 })
    expect([send?.parentId, answer?.parentId]).toEqual([accept?.place.spanId, accept?.place.spanId])
    expect(sdk.spans.every(({ isEnded }) => isEnded)).toBe(true)
  })

  it('a failure marks its span by code, without the words of whoever failed', async () => {
    const tracer = openTelemetryTracer()
    const refused = new InviteMeError('ADDRESS_INVALID', 'ann@guests.test is wrong')
    await expect(tracer.span('accept', { parent: null }, () => Promise.reject(refused))).rejects.toBe(refused)
    expect(sdk.spans).toMatchObject([
      {
        status: { code: 2, message: 'ADDRESS_INVALID' },
        attributes: { 'error.type': 'ADDRESS_INVALID' },
        isEnded: true,
      },
    ])
    expect(JSON.stringify(sdk.spans)).not.toContain('ann@')
  })

  it.each(['', 'nonsense', '00-00000000000000000000000000000000-b7ad6b7169203331-01', `${parent}-extra`])(
    'a place that cannot be read begins a new trace: "%s"',
    async (place) => {
      await openTelemetryTracer().span('accept', { parent: place }, async () => undefined)
      expect(sdk.spans[0]?.parentId).toBeUndefined()
    },
  )
})

describe('without an SDK', () => {
  it('nothing is recorded, work is done, and there is no place', async () => {
    const tracer = openTelemetryTracer()
    expect(tracer.current()).toBeNull()
    expect(await tracer.span('accept', { parent: null }, async () => 42)).toBe(42)
  })
})
