/**
 * One process of a server, to be killed: an engine on Postgres, RabbitMQ and Redis with a part of the work, and the HTTP
 * interface when it has a port.
 */
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createInviteMe } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { createApp } from '@invite-me/server/app'
import { rabbitmq } from '@invite-me/server/rabbitmq'
import { redisNotifier } from '@invite-me/server/redis'
import { channelsOf, patience } from '../engine.ts'
import { hookChannel } from '../hook-channel.ts'

/** What a process is started with, as JSON in `INVITE_ME_CHAOS_WORKER`. */
export interface NodeOptions {
  readonly postgres: { readonly url: string; readonly schema: string }
  readonly rabbitmq: { readonly url: string; readonly prefix: string }
  readonly redis: { readonly url: string; readonly prefix: string }
  readonly httpPort: number
  readonly smtpPort: number
  readonly send: boolean
  readonly chores: boolean
  /** Port of the HTTP interface; absent: it has none. */
  readonly port?: number
}

const options = JSON.parse(process.env['INVITE_ME_CHAOS_WORKER'] ?? '{}') as NodeOptions
const { send, chores, port } = options

const inviteMe = await createInviteMe({
  ...patience,
  store: postgres({ ...options.postgres, connections: 6 }),
  channels: channelsOf(hookChannel({ port: options.httpPort }), options.smtpPort),
  queue: rabbitmq(options.rabbitmq),
  notifier: redisNotifier(options.redis),
  dispatch: { send, chores },
})
if (port !== undefined) {
  const { fetch } = createApp(inviteMe, { keys: 'off' })
  const server = createServer(getRequestListener(fetch))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
}
process.once('disconnect', () => {
  void inviteMe.stop({ deadlineMs: 0 }).finally(() => process.exit())
})
process.send?.({ kind: 'ready' })
