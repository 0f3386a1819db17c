import type { EventPublisher, InviteMe, Store, WebhookSender } from '@invite-me/core'
import type { Channel, Clock, Log } from '@invite-me/core/channel'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { RequestRecord } from '../app/watch-request.ts'
import { addBacklogMetrics } from './backlog-metrics.ts'
import { addBrokerMetrics, type PublishedEvents } from './broker-metrics.ts'
import { addChannelMetrics } from './channel-metrics.ts'
import { addCircuitMetrics } from './circuit-metrics.ts'
import { addHttpMetrics } from './http-metrics.ts'
import { addLiveMetrics } from './live-metrics.ts'
import { addWebhookMetrics } from './webhook-metrics.ts'

/** What metrics are read from once the engine is there. */
export interface MetricSources {
  readonly inviteMe: Pick<InviteMe, 'deliveries' | 'channels'>
  /** True in processes that do the chores: only they tell what waits, since it is the same for all. */
  readonly tellsBacklog: boolean
  /** Absent where nobody posts to webhook endpoints. */
  readonly webhooks?: Pick<Store['webhooks'], 'waiting'>
  /** Absent where no events are published. */
  readonly events?: PublishedEvents
  /** Sockets and streams that are open; absent where none are served. */
  readonly liveConnections?: () => number
}

/** The metrics of one process, see docs/operations/observe.md for each. */
export interface Metrics {
  /** The page Prometheus reads; never rejects: what cannot be told now is left out and counted. */
  expose(): Promise<{ readonly body: string; readonly contentType: string }>
  /** Counts one answer of the HTTP interface. */
  countRequest(record: RequestRecord): void
  /** The same channel, its sends counted. */
  counted(channel: Channel): Channel
  /** The same sender, its posts counted. */
  countedSender(sender: WebhookSender): WebhookSender
  /** Counts a command that was taken from the broker, by its name, which is one of ours, and what became of it. */
  countCommand(command: string, outcome: 'done' | 'refused' | 'returned'): void
  /** The same publisher, its events counted. */
  countedPublisher(publisher: EventPublisher): EventPublisher
  /** Begins to tell what an engine knows. */
  watch(sources: MetricSources): void
}

/**
 * Gauges of prom-client whose names break Prometheus' rules: `_total` is for counters. The same figures are there by type, as
 * `nodejs_active_resources`.
 */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/**
 * Makes the metrics of a process: its processor time and memory first, see `watch` for the rest. Labels hold names of channels,
 * routes and commands only, so their number is bounded.
 */
export function createMetrics({ clock, log }: { readonly clock: Clock; readonly log: Log }): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  const countRequest = addHttpMetrics(registry)
  const counted = addChannelMetrics(registry, clock)
  const webhooks = addWebhookMetrics(registry, clock)
  const broker = addBrokerMetrics(registry, clock)
  return {
    expose: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
    countRequest,
    counted,
    countedSender: webhooks.countedSender,
    countCommand: broker.countCommand,
    countedPublisher: broker.countedPublisher,
    watch: ({ inviteMe, tellsBacklog, webhooks: endpoints, events, liveConnections }) => {
      addCircuitMetrics(registry, inviteMe.channels)
      if (tellsBacklog) addBacklogMetrics(registry, { deliveries: inviteMe.deliveries, clock, log })
      if (endpoints !== undefined) webhooks.watch(endpoints)
      if (events !== undefined) broker.watch(events)
      if (liveConnections !== undefined) addLiveMetrics(registry, liveConnections)
    },
  }
}
