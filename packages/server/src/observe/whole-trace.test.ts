import { SpanKind } from '@opentelemetry/api'
import { createInviteMe, yesNo } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { scriptedChannel, type ScriptedChannel } from '@invite-me/core/testing'
import { storeAt } from '@invite-me/core/workspace'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { emptyWorkspace, explainNoPostgres } from '../../../../tests/peers/postgres-server.ts'
import { emptyBroker, explainNoRabbitmq } from '../../../../tests/peers/rabbitmq-server.ts'
import { startServer, type RunningServer } from '../start-server.ts'
import type { ServerConfigInput } from '../config.ts'
import { keepingSdk, type KeepingSdk, type KeptSpan } from './__fixtures__/keeping-sdk.ts'
import { createLogger } from './logger.ts'
import { openTelemetryTracer } from './open-telemetry-tracer.ts'

const reason = explainNoPostgres() ?? (await explainNoRabbitmq())
const question = 'Will you bring the secret cake?'
const address = 'loft-4711'
const callerSpan = 'b7ad6b7169203331'
const callerTrace = '0af7651916cd43dd8448eb211c80319c'

describe.skipIf(reason !== undefined)(`traces over Postgres and RabbitMQ${reason ?? ''}`, () => {
  let sdk: KeepingSdk
  let channel: ScriptedChannel
  let api: RunningServer
  const ends: (() => Promise<unknown>)[] = []

  beforeEach(async () => {
    sdk = keepingSdk()
    sdk.register()
    const [place, broker] = [await emptyWorkspace(), await emptyBroker()]
    ends.push(place.remove, broker.remove)
    channel = scriptedChannel({ name: 'pigeon', supports: { links: false } })
    const start = async (roles: NonNullable<ServerConfigInput['roles']>): Promise<RunningServer> => {
      const server = await startServer({
        store: storeAt({ kind: 'postgres', ...place }),
        channels: [channel],
        log: createLogger({ level: 'silent' }),
        config: { port: 0, amqpUrl: broker.url, prefix: broker.prefix, roles },
      })
      ends.unshift(() => server.stop())
      return server
    }
    api = await start(['api', 'scheduler'])
    await start(['dispatcher'])
  })
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
    sdk.remove()
  })

  const ask = async (headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    const response = await fetch(`${api.url ?? ''}/v1/invitations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${api.firstKey ?? ''}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify({ to: { routes: { pigeon: address } }, question, answer: { type: 'yesNo' } }),
    })
    const { invitations } = (await response.json()) as {
      readonly invitations: readonly { readonly id: string }[]
    }
    return invitations[0]?.id ?? ''
  }
  const spansNamed = (name: string): readonly KeptSpan[] => sdk.spans.filter((span) => span.name === name)
  const ended = (name: string, count: number) =>
    expect
      .poll(() => spansNamed(name).filter(({ isEnded }) => isEnded).length, { timeout: 20_000 })
      .toBe(count)

  it(
    'is one from the request through the broker to another process, and to the answer',
    { timeout: 40_000 },
    async () => {
      await ask({ traceparent: `00-${callerTrace}-${callerSpan}-01` })
      await ended('send pigeon', 1)
      const [sent] = channel.outbox
      if (sent === undefined) throw new Error('a message is expected')
      const inbound = channel.reply(sent, 'yes')
      await fetch(`${api.url ?? ''}/v1/hooks/pigeon`, {
        method: 'POST',
        headers: inbound.headers,
        body: await inbound.text(),
      })
      await ended('record answer', 1)

      const own = sdk.spans.filter(({ place }) => place.traceId === callerTrace)
      expect(treeBelow(callerSpan, own)).toEqual([
        'POST /v1/invitations SERVER',
        '  accept INTERNAL',
        '    publish PRODUCER',
        '      take CONSUMER',
        '        send pigeon CLIENT',
        '    record answer INTERNAL',
      ])
      expect(own.map(({ name }) => name)).toEqual([
        'POST /v1/invitations',
        'accept',
        'publish',
        'take',
        'send pigeon',
        'record answer',
      ])
      expect(own.every(({ isEnded, status }) => isEnded && status === undefined)).toBe(true)
      // What the provider calls is its own trace.
      expect(sdk.spans.filter((span) => !own.includes(span)).map(({ name }) => name)).toEqual([
        'POST /v1/hooks/{channel}',
      ])
      const [publish, take] = [spansNamed('publish')[0], spansNamed('take')[0]]
      expect(publish?.attributes).toMatchObject({
        'messaging.system': 'rabbitmq',
        'messaging.operation.type': 'send',
        'messaging.destination.name': expect.stringMatching(/:lane\.\d$/),
      })
      expect(take?.attributes).toMatchObject({
        'messaging.operation.type': 'process',
        'messaging.destination.name': expect.stringMatching(/:lane\.\d:.+\.lane\.\d$/),
        'invite_me.deliveries': 1,
      })
      expect(spansNamed('record answer')[0]?.attributes).toMatchObject({ 'invite_me.answer': 'counted' })
      const told = JSON.stringify(sdk.spans)
      for (const secret of [address, 'cake', 'yes', api.firstKey ?? '']) expect(told).not.toContain(secret)
    },
  )

  it(
    'are not mixed up when many ask at once and share commits, hints and looks',
    { timeout: 40_000 },
    async () => {
      const count = 20
      await Promise.all(Array.from({ length: count }, () => ask()))
      await ended('send pigeon', count)
      for (const request of spansNamed('POST /v1/invitations')) {
        const own = sdk.spans.filter(({ place }) => place.traceId === request.place.traceId)
        const names = own.map(({ name }) => name).filter((name) => name !== 'publish' && name !== 'take')
        expect(names).toEqual(['POST /v1/invitations', 'accept', 'send pigeon'])
        expect(treeBelow(undefined, own)).toHaveLength(own.length)
      }
      // Handed over together, they are found from there by links.
      const accepted = new Set(spansNamed('accept').map(({ place }) => place.spanId))
      const told = spansNamed('publish').flatMap(({ parentId, options }) => [
        ...(parentId === undefined ? [] : [parentId]),
        ...(options.links ?? []).map(({ context }) => context.spanId),
      ])
      expect(new Set(told)).toEqual(accepted)
    },
  )

  it('tell of a send that failed, by its class', { timeout: 40_000 }, async () => {
    channel.script(['permanent_recipient'])
    await ask()
    await ended('send pigeon', 1)
    expect(spansNamed('send pigeon')[0]).toMatchObject({
      status: { code: 2, message: 'permanent_recipient' },
      attributes: { 'error.type': 'permanent_recipient', 'invite_me.attempt': 1 },
    })
  })
})

describe('traces of an engine within a program', () => {
  it('hang below whatever the program was doing, also without a broker', async () => {
    const sdk = keepingSdk()
    sdk.register()
    onTestFinished(sdk.remove)
    const tracer = openTelemetryTracer()
    const channel = scriptedChannel({ name: 'pigeon' })
    const inviteMe = await createInviteMe({ store: sqlite(':memory:'), channels: [channel], tracer })
    onTestFinished(() => inviteMe.stop())
    // Late enough that the next try is no part of the picture.
    channel.script([{ status: 'retryable', scope: 'provider', retryAfterMs: 60_000 }])
    const asked = await tracer.span('book a table', { parent: null }, () =>
      inviteMe.ask({ routes: { pigeon: address } }, question, { answer: yesNo() }),
    )
    const isSent = () => sdk.spans.some(({ name, isEnded }) => name === 'send pigeon' && isEnded)
    await expect.poll(isSent).toBe(true)
    await inviteMe.respond(asked.id, { kind: 'value', value: true })
    expect(treeBelow(undefined, sdk.spans)).toEqual([
      'book a table INTERNAL',
      '  accept INTERNAL',
      '    take CONSUMER',
      '      send pigeon CLIENT',
      '    record answer INTERNAL',
    ])
    const [, , take, send] = sdk.spans
    expect(take?.attributes).toEqual({ 'invite_me.channel': 'pigeon', 'invite_me.deliveries': 1 })
    expect(send?.attributes).toMatchObject({ 'error.type': 'retryable', 'invite_me.outcome': 'retryable' })
  })
})

/** Names and kinds of the spans below a place, indented; what hangs elsewhere is not among them. */
function treeBelow(parentId: string | undefined, spans: readonly KeptSpan[], depth = 0): readonly string[] {
  return spans
    .filter((span) => span.parentId === parentId)
    .flatMap((span) => [
      `${'  '.repeat(depth)}${span.name} ${SpanKind[span.options.kind ?? SpanKind.INTERNAL]}`,
      ...treeBelow(span.place.spanId, spans, depth + 1),
    ])
}
