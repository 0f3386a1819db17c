import {
  createInviteMe,
  type EventPublisher,
  type InviteMe,
  type Notifier,
  type Queue,
  type Store,
} from '@invite-me/core'
import type { ServerConfig } from './config.ts'
import type { Logger } from './observe/logger.ts'
import type { Metrics } from './observe/metrics.ts'
import { openTelemetryTracer } from './observe/open-telemetry-tracer.ts'
import type { ServerOptions } from './server-options.ts'
import { prefixOf } from './workspace-prefix.ts'

/** What the engine of a server is made of. */
export interface EngineParts {
  readonly options: ServerOptions
  readonly config: ServerConfig
  readonly log: Logger
  /** Open; the engine closes it when it stops. */
  readonly store: Store
  readonly metrics: Metrics
  /** Where the server listens; `undefined` when it does not. */
  readonly url: string | undefined
  /** Gets what must be undone should the start fail. */
  readonly undo: (() => Promise<unknown>)[]
}

/** Starts the engine, joined to other processes by whatever the config names. */
export async function startEngine(parts: EngineParts): Promise<InviteMe> {
  const { options, config, log, store, metrics, undo } = parts
  const queue = await openQueue(parts)
  if (queue !== undefined) undo.push(() => queue.close())
  const notifier = await openNotifier(parts)
  if (notifier !== undefined) undo.push(() => notifier.close())
  const eventPublisher = await openEvents(parts)
  if (eventPublisher !== undefined) undo.push(() => eventPublisher.close())
  const portal = options.engine?.portal ?? ownPortal(parts)
  return createInviteMe({
    ...options.engine,
    store: { open: async () => store },
    channels: options.channels.map((channel) => metrics.counted(channel)),
    dispatch: { send: config.sends, chores: config.doesChores },
    log,
    tracer: openTelemetryTracer(),
    ...(portal !== undefined && { portal }),
    ...(queue !== undefined && { queue }),
    ...(notifier !== undefined && { notifier }),
    ...(eventPublisher !== undefined && { eventPublisher }),
    ...(options.webhooks !== undefined && { webhooks: metrics.countedSender(options.webhooks) }),
  })
}

async function openQueue({ config, store, log }: EngineParts): Promise<Queue | undefined> {
  if (config.amqpUrl === undefined) return undefined
  const { rabbitmq } = await import('./queues/rabbitmq.ts')
  return rabbitmq({ url: config.amqpUrl, prefix: await prefixOf(config, store), log })
}

async function openNotifier({ config, store, log }: EngineParts): Promise<Notifier | undefined> {
  if (config.redisUrl === undefined) return undefined
  const { redisNotifier } = await import('./queues/redis-notifier.ts')
  return redisNotifier({ url: config.redisUrl, prefix: await prefixOf(config, store), log })
}

async function openEvents({ config, store, log, metrics }: EngineParts): Promise<EventPublisher | undefined> {
  if (!config.events || config.amqpUrl === undefined || !config.doesChores) return undefined
  const { rabbitmqEvents } = await import('./queues/rabbitmq-events.ts')
  const publisher = rabbitmqEvents({ url: config.amqpUrl, prefix: await prefixOf(config, store), log })
  return metrics.countedPublisher(publisher)
}

/** On this machine alone, people reach the pages where the server listens. */
function ownPortal({ config: { host, isApi }, url, log }: EngineParts): { readonly url: string } | undefined {
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (url !== undefined && isApi && isLoopback) return { url }
  log.warn('No public address is set, so messages carry no links to the page people answer on', {
    setting: 'portal.url, INVITE_ME_PORTAL_URL',
  })
  return undefined
}
