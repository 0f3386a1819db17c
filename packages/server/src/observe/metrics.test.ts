import type { Channel, SendContext } from '@invite-me/core/channel'
import { systemClock, type SendOutcome } from '@invite-me/core'
import { describe, expect, it } from 'vitest'
import { checkByPromtool, explainNoPromtool } from '../../../../tests/peers/promtool.ts'
import { createMetrics, type MetricSources, type Metrics } from './metrics.ts'

const log = { warn: () => undefined, error: () => undefined }
const noPromtool = explainNoPromtool()

const make = (): Metrics => createMetrics({ clock: systemClock, log })
const page = async (metrics: Metrics): Promise<string> => (await metrics.expose()).body
const context = (signal = new AbortController().signal): SendContext => ({
  idempotencyKey: 'k',
  attempt: 0,
  signal,
  clock: systemClock,
  log,
})

const message = {
  to: { address: '4711' },
  content: { text: 'Hi' },
  originator: null,
  locale: 'en',
  category: 'c',
  purpose: 'message',
  links: {},
  until: null,
} as const

function channel(send: Channel['send']): Channel {
  return {
    name: 'telegram',
    supports: { answers: [], links: true, tokens: [], reports: [], idempotent: false },
    send,
  }
}

function sources(changes: Partial<MetricSources> = {}): MetricSources {
  return {
    tellsBacklog: true,
    inviteMe: {
      channels: {
        list: () => [{ name: 'telegram', supports: channel(async () => ok).supports, circuit: 'open' }],
        probe: async () => ({ ok: true, detail: '' }),
      },
      deliveries: deliveriesWith(async () => [
        { channel: '', lane: 4, due: 0, later: 7, oldestDueAt: null },
        { channel: 'telegram', lane: 1, due: 3, later: 0, oldestDueAt: new Date(Date.now() - 90_000) },
      ]),
    },
    webhooks: {
      waiting: async () => [
        { endpointId: 'a', failingSince: new Date(), dueAt: new Date(Date.now() - 30_000) },
        { endpointId: 'b', failingSince: null, dueAt: null },
      ],
    },
    events: {
      readTo: async () => 40,
      last: async () => 47,
      after: async () => [{ ...event, at: new Date(Date.now() - 60_000) }],
    },
    liveConnections: () => 12,
    ...changes,
  }
}

const event = {
  cursor: 41,
  type: 'delivery.sent',
  messageId: null,
  deliveryId: null,
  invitationId: null,
  recipientId: null,
  data: {},
} as const

type Deliveries = MetricSources['inviteMe']['deliveries']

function deliveriesWith(backlog: Deliveries['backlog']): Deliveries {
  const never = async (): Promise<never> => Promise.reject(new Error('not asked by metrics'))
  return { backlog, get: never, list: never, counts: never, revokeLinks: never }
}

const ok: SendOutcome = { status: 'accepted' }

describe('the metrics of a process', () => {
  it('count each send once, by channel and outcome', async () => {
    const metrics = make()
    const outcomes: SendOutcome[] = [
      ok,
      ok,
      { status: 'retryable', scope: 'provider' },
      { status: 'opted_out', scope: 'recipient' },
    ]
    const counted = metrics.counted(channel(async () => outcomes.shift() ?? ok))
    for (let sends = 0; sends < 4; sends += 1) await counted.send(message, context())
    const text = await page(metrics)
    expect(text).toContain('invite_me_attempts_total{channel="telegram",outcome="accepted"} 2')
    expect(text).toContain('invite_me_attempts_total{channel="telegram",outcome="retryable"} 1')
    expect(text).toContain('invite_me_attempts_total{channel="telegram",outcome="opted_out"} 1')
    expect(text).toContain('invite_me_messages_processed_total{channel="telegram"} 2')
    expect(text).toContain('invite_me_send_duration_seconds_count{channel="telegram"} 4')
  })

  it('count what a channel throws, makes up or never tells as unknown', async () => {
    const metrics = make()
    const throwing = metrics.counted(channel(() => Promise.reject(new TypeError('bug'))))
    await expect(throwing.send(message, context())).rejects.toThrow('bug')
    const inventing = metrics.counted(channel(async () => JSON.parse('{"status":"teleported"}')))
    await inventing.send(message, context())
    const deadline = new AbortController()
    const hanging = metrics.counted(channel(() => new Promise(() => undefined)))
    void hanging.send(message, context(deadline.signal))
    deadline.abort()
    await expect
      .poll(() => page(metrics), { timeout: 5_000 })
      .toContain('invite_me_attempts_total{channel="telegram",outcome="unknown"} 3')
    expect(await page(metrics)).not.toContain('teleported')
  })

  it('leave a channel what it is, private parts included', async () => {
    class Pigeon implements Channel {
      readonly name = 'pigeon'
      readonly supports = channel(async () => ok).supports
      #coop = 'north'
      async send(): Promise<SendOutcome> {
        return { status: 'accepted', providerMessageId: this.#coop }
      }
      async probe() {
        return { ok: true, detail: this.#coop } as const
      }
    }
    const counted = make().counted(new Pigeon())
    expect(await counted.send(message, context())).toEqual({ status: 'accepted', providerMessageId: 'north' })
    expect(await counted.probe?.(AbortSignal.timeout(1_000))).toEqual({ ok: true, detail: 'north' })
    expect(counted.edit).toBeUndefined()
    expect(Object.keys(counted)).toContain('name')
  })

  it('tell what waits, since when, and which channel is paused', async () => {
    const metrics = make()
    metrics.watch(sources())
    const text = await page(metrics)
    expect(text).toContain('invite_me_backlog{channel="telegram",lane="1",state="due"} 3')
    expect(text).toContain('invite_me_backlog{channel="_chores",lane="4",state="later"} 7')
    expect(text).toMatch(/invite_me_backlog_oldest_age_seconds\{channel="telegram",lane="1"\} 9\d/)
    expect(text).toContain('invite_me_channel_circuit{channel="telegram",state="open"} 1')
    expect(text).toContain('invite_me_channel_circuit{channel="telegram",state="closed"} 0')
    expect(text).toContain('invite_me_webhook_endpoints{state="failing"} 1')
    expect(text).toMatch(/invite_me_webhooks_late_seconds 3\d/)
    expect(text).toContain('invite_me_events_behind 7')
    expect(text).toMatch(/invite_me_events_late_seconds 6\d/)
    expect(text).toContain('invite_me_live_connections 12')
  })

  it('ask the store once for readers that come at the same time', async () => {
    let asked = 0
    const metrics = make()
    const deliveries = deliveriesWith(async () => {
      asked += 1
      return []
    })
    metrics.watch(sources({ inviteMe: { ...sources().inviteMe, deliveries } }))
    await Promise.all([page(metrics), page(metrics), page(metrics)])
    expect(asked).toBe(1)
  })

  it('are told without the backlog when the store hangs or fails', { timeout: 10_000 }, async () => {
    const metrics = make()
    const deliveries = deliveriesWith(() => new Promise(() => undefined))
    const webhooks = { waiting: () => Promise.reject(new Error('gone')) }
    metrics.watch(sources({ webhooks, inviteMe: { ...sources().inviteMe, deliveries } }))
    const text = await page(metrics)
    expect(text).not.toMatch(/^invite_me_backlog\{/m)
    expect(await page(metrics)).toContain('invite_me_backlog_failures_total 1')
    expect(text).toContain('process_resident_memory_bytes')
  })

  it('name routes, never paths, and no method somebody made up', async () => {
    const metrics = make()
    const record = { requestId: 'r', keyId: undefined, durationMs: 12, status: 202 }
    metrics.countRequest({ ...record, method: 'POST', route: 'POST /v1/messages' })
    metrics.countRequest({ ...record, method: 'BREW', route: 'unmatched', status: 404 })
    const text = await page(metrics)
    expect(text).toContain('_count{method="POST",route="/v1/messages",status="202"} 1')
    expect(text).toContain('_count{method="other",route="unmatched",status="404"} 1')
  })

  it('post results are counted by class', async () => {
    const metrics = make()
    const { post, check } = metrics.countedSender({
      check: () => 'refused',
      post: async ({ url }) => {
        if (url.includes('odd')) throw new Error('refused')
        return url.includes('down') ? { status: null, reason: 'no answer' } : { status: 503 }
      },
    })
    expect(check?.('https://x.test')).toBe('refused')
    const given = { url: 'https://up.test', headers: {}, body: '' }
    await post(given, AbortSignal.timeout(1_000))
    await post({ ...given, url: 'https://down.test' }, AbortSignal.timeout(1_000))
    await expect(post({ ...given, url: 'https://odd.test' }, AbortSignal.timeout(1_000))).rejects.toThrow(
      'refused',
    )
    const text = await page(metrics)
    expect(text).toContain('invite_me_webhook_posts_total{status="5xx"} 1')
    expect(text).toContain('invite_me_webhook_posts_total{status="none"} 2')
  })

  it('count commands by what became of them, and events once the broker has them', async () => {
    const metrics = make()
    metrics.countCommand('invitations.ask', 'done')
    metrics.countCommand('unknown', 'refused')
    let isAway = true
    const publisher = metrics.countedPublisher({
      publish: async () => {
        if (isAway) throw new Error('away')
      },
      close: async () => undefined,
    })
    const events = [{ id: 'evt_1', type: 'delivery.sent', at: new Date(), body: '{}' }] as const
    await expect(publisher.publish(events)).rejects.toThrow('away')
    isAway = false
    await publisher.publish(events)
    const text = await page(metrics)
    expect(text).toContain('invite_me_commands_total{command="invitations.ask",outcome="done"} 1')
    expect(text).toContain('invite_me_commands_total{command="unknown",outcome="refused"} 1')
    expect(text).toContain('invite_me_events_published_total 1')
  })

  it.skipIf(noPromtool !== undefined)(
    `keep to the rules of Prometheus${noPromtool === undefined ? '' : ` (${noPromtool})`}`,
    async () => {
      const metrics = make()
      metrics.watch(sources())
      await metrics.counted(channel(async () => ok)).send(message, context())
      metrics.countRequest({
        method: 'GET',
        route: 'GET /healthz',
        requestId: 'r',
        keyId: undefined,
        durationMs: 1,
        status: 200,
      })
      expect(checkByPromtool(['metrics'], await page(metrics))).toBe('')
    },
  )
})
