import { SpanKind } from '@opentelemetry/api'
import { InviteMeError } from '@invite-me/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepingSdk, type KeepingSdk } from './__fixtures__/keeping-sdk.ts'
import { openTelemetryTracer } from './open-telemetry-tracer.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parent = `00-${traceId}-b7ad6b7169203331-01`
const stranger = '00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01'
const nothing = async () => undefined

describe('with an SDK', () => {
  let sdk: KeepingSdk
  beforeEach(() => {
    sdk = keepingSdk()
    sdk.register()
  })
  afterEach(() => {
    sdk.remove()
  })

  it('somebody records', () => {
    expect(openTelemetryTracer().isOn()).toBe(true)
  })

  it('a message is one trace through processes, from the request to the answer', async () => {
    const tracer = openTelemetryTracer()
    let carried: string | null = null
    await tracer.span('POST /v1/invitations', { kind: 'server', parent }, () =>
      tracer.span('accept', { parent: null, attributes: { 'invite_me.deliveries': 1 } }, async () => {
        carried = tracer.current()
      }),
    )
    // Another process takes it up later, with nothing but the place.
    await tracer.span('send email', { parent: carried }, nothing)
    await tracer.span('record answer', { parent: carried }, nothing)
    const [request, accept, send, answer] = sdk.spans
    expect(new Set(sdk.spans.map(({ place }) => place.traceId))).toEqual(new Set([traceId]))
    expect(request?.parentId).toBe('b7ad6b7169203331')
    expect(accept?.parentId).toBe(request?.place.spanId)
    expect(accept?.attributes).toEqual({ 'invite_me.deliveries': 1 })
    expect([send?.parentId, answer?.parentId]).toEqual([accept?.place.spanId, accept?.place.spanId])
    expect(sdk.spans.every(({ isEnded }) => isEnded)).toBe(true)
  })

  it('work for messages of several traces begins its own, linked to each, whatever runs around it', async () => {
    const tracer = openTelemetryTracer()
    await tracer.span('accept', { parent }, () =>
      tracer.span(
        'publish',
        { kind: 'producer', parent: null, links: [parent, stranger, 'nonsense'] },
        nothing,
      ),
    )
    const publish = sdk.spans[1]
    expect(publish?.parentId).toBeUndefined()
    expect(publish?.options).toMatchObject({
      kind: SpanKind.PRODUCER,
      links: [{ context: { traceId } }, { context: { spanId: 'c7ad6b7169203331' } }],
    })
    expect(publish?.options.links).toHaveLength(2)
  })

  it('what was done before it was known whose it is begins when it began', async () => {
    const before = Date.now()
    await openTelemetryTracer().span('take', { parent, tookMs: 60_000 }, nothing)
    const { startTime } = sdk.spans[0]?.options ?? {}
    expect(Number(startTime)).toBeGreaterThanOrEqual(before - 60_000)
    expect(Number(startTime)).toBeLessThan(before)
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

  it('an expected failure, which is a value, marks its span as well', async () => {
    const tracer = openTelemetryTracer()
    const ending = (failure: string) => ({ failure, attributes: { 'invite_me.outcome': failure } })
    const options = { kind: 'client', parent, ending } as const
    expect(await tracer.span('send email', options, async () => 'rate_limited')).toBe('rate_limited')
    expect(sdk.spans[0]).toMatchObject({
      status: { code: 2, message: 'rate_limited' },
      attributes: { 'error.type': 'rate_limited', 'invite_me.outcome': 'rate_limited' },
    })
  })

  it.each([
    ['a caller’s mistake is no failure of the server', new InviteMeError('ADDRESS_INVALID', 'wrong'), 422],
    ['a fault of ours is', new TypeError('oops'), 500],
  ])('%s', async (_name, error, status) => {
    const failing = () => Promise.reject(error)
    await expect(openTelemetryTracer().span('POST /', { kind: 'server', parent }, failing)).rejects.toBe(
      error,
    )
    expect(sdk.spans[0]?.attributes['http.response.status_code']).toBe(status)
    expect(sdk.spans[0]?.status?.code).toBe(status < 500 ? undefined : 2)
  })

  it.each(['', 'nonsense', '00-00000000000000000000000000000000-b7ad6b7169203331-01', `${parent}-extra`])(
    'a place that cannot be read begins a new trace: "%s"',
    async (place) => {
      await openTelemetryTracer().span('accept', { parent: place }, nothing)
      expect(sdk.spans[0]?.parentId).toBeUndefined()
    },
  )
})

describe('without an SDK', () => {
  it('nothing is recorded, work is done, and there is no place', async () => {
    const tracer = openTelemetryTracer()
    expect(tracer.isOn()).toBe(false)
    expect(tracer.current()).toBeNull()
    expect(await tracer.span('accept', { parent: null }, async () => 42)).toBe(42)
  })

  it('one that comes later is seen', () => {
    const tracer = openTelemetryTracer()
    const sdk = keepingSdk()
    expect(tracer.isOn()).toBe(false)
    sdk.register()
    expect(tracer.isOn()).toBe(true)
    sdk.remove()
    expect(tracer.isOn()).toBe(false)
  })
})
