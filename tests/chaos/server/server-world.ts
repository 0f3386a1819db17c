import { createInviteMe, type InviteMe } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { freePort } from '../../peers/free-port.ts'
import { CallLedger } from '../call-ledger.ts'
import { channelsOf } from '../engine.ts'
import { hookChannel } from '../hook-channel.ts'
import { startHttpProvider } from '../http-provider.ts'
import { startSmtpProvider } from '../smtp-provider.ts'
import { startScript, type ScriptProcess } from '../worker-process.ts'
import { nodePatience } from './node-patience.ts'
import type { NodeOptions } from './node.ts'
import type { Services } from './services.ts'

const script = new URL('node.ts', import.meta.url).pathname

/** The processes of a server by their part of the work. */
export type NodeName = 'api' | 'dispatcher' | 'other dispatcher' | 'scheduler'
const parts: Readonly<Record<NodeName, { readonly send: boolean; readonly chores: boolean }>> = {
  api: { send: false, chores: false },
  dispatcher: { send: true, chores: false },
  'other dispatcher': { send: true, chores: false },
  scheduler: { send: false, chores: true },
}
const names = Object.keys(parts) as NodeName[]

/** Ports on 127.0.0.1 of everything a node calls. */
export interface CalledPorts {
  readonly postgres: number
  readonly rabbitmq: number
  readonly redis: number
  readonly http: number
  readonly smtp: number
}

/** Where a node runs, and how it reaches what it calls. */
export interface Place {
  /** A program with arguments that becomes the node's process; see `startScript`. */
  readonly through: readonly string[]
  readonly servicesHost: string
  readonly providersHost: string
  /** As seen from there. */
  readonly ports: CalledPorts
}

/** What a server is started with. */
export interface ServerWorldOptions {
  readonly services: Services
  /** Of the providers' faults. */
  readonly seed: number
  /** Name of its schema and names on the services: nobody else uses it. Lower-case letters and `_`. */
  readonly workspace: string
  /** Milliseconds the clocks of nodes are ahead, or behind when negative. */
  readonly skewMs?: Readonly<Partial<Record<NodeName, number>>>
  /** Where one of the dispatchers runs; default as the other nodes do. */
  readonly placeOf?: (ports: CalledPorts) => Promise<Place>
}

/** A whole server: its services, its processes, which can be killed, and the providers its channels call. */
export interface ServerWorld {
  /** Where the HTTP interface listens, whenever it does. */
  readonly url: string
  readonly services: Services
  /** What the providers saw. */
  readonly ledger: CallLedger
  /** When a dispatcher was killed, in milliseconds since the epoch. */
  readonly dispatcherKillsMs: readonly number[]
  /** An engine of the test on the same workspace, that does none of the work. Open it again when Postgres was away. */
  observer(): Promise<InviteMe>
  /** Ends a process with SIGKILL and starts it again. */
  killNode(name: NodeName): Promise<void>
  /** Ends the processes; the services stay. */
  close(): Promise<void>
}

/** Starts the processes of a server on services that are there; when one does not start, none is left. */
export async function startServerWorld(options: ServerWorldOptions): Promise<ServerWorld> {
  const { services, skewMs = {}, workspace } = options
  const ledger = new CallLedger(options.seed)
  const [http, smtp, port] = await Promise.all([
    startHttpProvider(ledger),
    startSmtpProvider(ledger),
    freePort(),
  ])
  const ports = { ...portsOf(services), http: http.port, smtp: smtp.port }
  const here: Place = { through: [], servicesHost: '127.0.0.1', providersHost: '127.0.0.1', ports }
  const elsewhere = (await options.placeOf?.(ports)) ?? here
  const nodes = new Map<NodeName, ScriptProcess>()
  const dispatcherKillsMs: number[] = []

  const start = async (name: NodeName): Promise<void> => {
    const place = name === 'dispatcher' ? elsewhere : here
    const own = { skewMs: skewMs[name] ?? 0, ...parts[name], ...(name === 'api' && { port }) }
    nodes.set(name, await startScript(script, { ...seenFrom(place, workspace), ...own }, place.through))
  }
  const kill = async (name: NodeName): Promise<void> => {
    const node = nodes.get(name)
    node?.child.kill('SIGKILL')
    await node?.gone
  }
  const close = async (): Promise<void> => {
    await Promise.all(names.map(kill))
    await Promise.all([http.close(), smtp.close()])
  }
  const starts = await Promise.allSettled(names.map(start))
  const failure = starts.find((one) => one.status === 'rejected')
  if (failure !== undefined) {
    await close()
    throw new Error('A node of the server did not start.', { cause: failure.reason })
  }
  return {
    url: `http://127.0.0.1:${String(port)}`,
    services,
    ledger,
    dispatcherKillsMs,
    observer: () =>
      createInviteMe({
        ...nodePatience,
        store: postgres({ url: services.postgres.url, schema: workspace, connections: 2 }),
        channels: channelsOf(hookChannel({ port: http.port }), smtp.port),
        dispatch: false,
      }),
    killNode: async (name) => {
      if (parts[name].send) dispatcherKillsMs.push(Date.now())
      await kill(name)
      await start(name)
    },
    close,
  }
}

function portsOf({ postgres: database, rabbitmq, redis }: Services): Omit<CalledPorts, 'http' | 'smtp'> {
  return { postgres: Number(new URL(database.url).port), rabbitmq: rabbitmq.port, redis: redis.port }
}

function seenFrom(
  { ports, providersHost, servicesHost }: Place,
  workspace: string,
): Omit<NodeOptions, 'send' | 'chores'> {
  return {
    postgres: {
      url: `postgres://postgres@${servicesHost}:${String(ports.postgres)}/postgres`,
      schema: workspace,
    },
    rabbitmq: {
      url: `amqp://guest:guest@${servicesHost}:${String(ports.rabbitmq)}`,
      prefix: workspace,
    },
    redis: { url: `redis://${servicesHost}:${String(ports.redis)}`, prefix: workspace },
    providerHost: providersHost,
    httpPort: ports.http,
    smtpPort: ports.smtp,
  }
}
