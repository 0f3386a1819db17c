import { randomUUID } from 'node:crypto'
import { systemClock, type InviteMe, type Store } from '@invite-me/core'
import { bootstrapKey } from './bootstrap-key.ts'
import { readServerConfig, type ServerConfig } from './config.ts'
import { listenPublic, type PublicListening } from './listen-public.ts'
import { createLogger, type Logger } from './observe/logger.ts'
import { createMetrics } from './observe/metrics.ts'
import { serveHttp } from './serve-http.ts'
import { startCommands } from './start-commands.ts'
import type { ServerOptions } from './server-options.ts'
import { startEngine } from './start-engine.ts'
import { stopServer } from './stop-server.ts'

/** A server at work. */
export interface RunningServer {
  readonly inviteMe: InviteMe
  /** Where it listens; `undefined` when it only works and no port was set. */
  readonly url: string | undefined
  /** Secret of an owner's key that was just made, since there was none. Shown once, kept nowhere. */
  readonly firstKey: string | undefined
  /** Takes nothing more, finishes what is under way within the time set, and closes everything; may be called twice. */
  stop(): Promise<void>
}

/**
 * Starts a server, or one part of it: listens, opens the store, connects what stands between processes, begins to work. What
 * fails on the way is undone.
 *
 * @throws InviteMeError `OPTIONS_INVALID` naming the field, or what the store throws when it cannot be opened
 * @example const server = await startServer({ store: sqlite('invites.db'), channels: [], config: { port: 8080 } })
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const config = readServerConfig(options.config ?? {})
  const log = options.log ?? createLogger({ level: config.logLevel })
  const undo: (() => Promise<unknown>)[] = []
  try {
    const port = config.port ?? (config.isApi ? 8_080 : undefined)
    // Before anything is opened: a port that is taken says so at once.
    const listening = port === undefined ? undefined : await listenPublic({ ...config, port })
    if (listening !== undefined) undo.push(() => listening.close())
    return await assemble({ options, config, log, listening, undo })
  } catch (error) {
    for (const step of undo.toReversed()) await step().catch(() => undefined)
    throw error
  }
}

interface Assembly {
  readonly options: ServerOptions
  readonly config: ServerConfig
  readonly log: Logger
  readonly listening: PublicListening | undefined
  /** Gets what must be undone should the start fail. */
  readonly undo: (() => Promise<unknown>)[]
}

async function assemble({ options, config, log, listening, undo }: Assembly): Promise<RunningServer> {
  const store = await options.store.open()
  undo.push(() => store.close())
  const metrics = createMetrics({ clock: systemClock, log })
  const inviteMe = await startEngine({ options, config, log, store, metrics, undo, url: listening?.url })
  undo.push(() => inviteMe.stop({ deadlineMs: 1_000 }))
  const firstKey = await firstKeyOf(config, inviteMe, store)

  let isReady = true
  const ending = new AbortController()
  const parts = { inviteMe, config, log, metrics, version: options.version, ending: ending.signal }
  const app = serveHttp(listening, { ...parts, isReady: () => isReady })
  const live = app?.live
  const commands = await startCommands({ config, store, app, log, metrics })
  metrics.watch({
    inviteMe,
    tellsBacklog: config.doesChores,
    ...(config.doesChores && options.webhooks !== undefined && { webhooks: store.webhooks }),
    ...(config.doesChores && config.events && { events: store.outbox }),
    ...(live !== undefined && { liveConnections: () => live.counts().connections }),
  })
  log.info('Started', { roles: config.roles.join(','), host: config.host, port: listening?.port ?? null })

  const notReady = (): void => {
    isReady = false
  }
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> =>
    stopServer({ config, log, inviteMe, listening, live, commands, notReady, endWaits: () => ending.abort() })
  return { inviteMe, url: listening?.url, firstKey, stop: () => (stopped ??= stop()) }
}

async function firstKeyOf(
  { isApi, bootstrap, bootstrapKey: given }: ServerConfig,
  inviteMe: InviteMe,
  store: Store,
): Promise<string | undefined> {
  if (!isApi || (!bootstrap && given === undefined)) return undefined
  const now = (): Date => new Date(systemClock.now())
  return bootstrapKey({ inviteMe, store, newId: () => randomUUID(), now }, given)
}
