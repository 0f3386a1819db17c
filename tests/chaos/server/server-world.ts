import { createInviteMe, type InviteMe } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { freePort } from '../../peers/free-port.ts'
import { privatePostgres, type PrivatePostgres } from '../../peers/postgres-server.ts'
import { privateRabbitmq, type PrivateRabbitmq } from '../../peers/rabbitmq-server.ts'
import { privateRedis, type PrivateRedis } from '../../peers/redis-server.ts'
import { channelsOf, patience } from '../engine.ts'
import { hookChannel } from '../hook-channel.ts'
import { startScript } from '../worker-process.ts'
import type { NodeOptions } from './node.ts'

const script = new URL('node.ts', import.meta.url).pathname

/** The processes of a server by their part of the work. */
export type NodeName = 'api' | 'dispatcher' | 'other dispatcher' | 'scheduler'
const parts: Readonly<Record<NodeName, { readonly send: boolean; readonly chores: boolean }>> = {
  api: { send: false, chores: false },
  dispatcher: { send: true, chores: false },
  'other dispatcher': { send: true, chores: false },
  scheduler: { send: false, chores: true },
}

/** A whole server: its services, which can be killed and started, and its processes, which can as well. */
export interface ServerWorld {
  /** Where the HTTP interface listens, whenever it does. */
  readonly url: string
  readonly services: {
    readonly postgres: PrivatePostgres
    readonly rabbitmq: PrivateRabbitmq
    readonly redis: PrivateRedis
  }
  /** An engine of the test on the same workspace, that does none of the work. Open it again when Postgres was away. */
  observer(): Promise<InviteMe>
  /** Ends a process with SIGKILL and starts it again. */
  killNode(name: NodeName): Promise<void>
  close(): Promise<void>
}

/** Starts everything. @param providers where the channels' providers listen */
export async function startServerWorld(providers: {
  readonly httpPort: number
  readonly smtpPort: number
}): Promise<ServerWorld> {
  const [postgresServer, rabbitmqServer, redisServer, port] = await Promise.all([
    privatePostgres(),
    privateRabbitmq(),
    privateRedis(),
    freePort(),
  ])
  const workspace = { url: postgresServer.url, schema: 'chaos' }
  const names = { prefix: 'chaos' }
  const shared = {
    ...providers,
    postgres: workspace,
    rabbitmq: { url: rabbitmqServer.url, ...names },
    redis: { url: redisServer.url, ...names },
  }
  const start = (name: NodeName) =>
    startScript(script, { ...shared, ...parts[name], ...(name === 'api' && { port }) } satisfies NodeOptions)
  const nodes = new Map<NodeName, Awaited<ReturnType<typeof startScript>>>()
  for (const name of Object.keys(parts) as NodeName[]) nodes.set(name, await start(name))
  const kill = async (name: NodeName): Promise<void> => {
    const node = nodes.get(name)
    node?.child.kill('SIGKILL')
    await node?.gone
  }
  return {
    url: `http://127.0.0.1:${String(port)}`,
    services: { postgres: postgresServer, rabbitmq: rabbitmqServer, redis: redisServer },
    observer: () =>
      createInviteMe({
        ...patience,
        store: postgres({ ...workspace, connections: 2 }),
        channels: channelsOf(hookChannel({ port: providers.httpPort }), providers.smtpPort),
        dispatch: false,
      }),
    killNode: async (name) => {
      await kill(name)
      nodes.set(name, await start(name))
    },
    close: async () => {
      await Promise.all([...nodes.keys()].map(kill))
      await Promise.allSettled([postgresServer.close(), rabbitmqServer.close(), redisServer.close()])
    },
  }
}
