/**
 * One process of a server, to be killed: an engine on Postgres, RabbitMQ and Redis with a part of the work, and the HTTP
 * interface when it has a port.
 */
// First, so that nobody has looked at the clock before.
import './skewed-clock.ts'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createInviteMe, type Log } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { createApp } from '@invite-me/server/app'
import { rabbitmq } from '@invite-me/server/rabbitmq'
import { redisNotifier } from '@invite-me/server/redis'
import { channelsOf } from '../engine.ts'
import { hookChannel } from '../hook-channel.ts'
import { nodePatience } from './node-patience.ts'

/** What a process is started with, as JSON in `INVITE_ME_CHAOS_WORKER`. */
export interface NodeOptions {
  readonly postgres: { readonly url: string; readonly schema: string }
  readonly rabbitmq: { readonly url: string; readonly prefix: string }
  readonly redis: { readonly url: string; readonly prefix: string }
  /** Where the channels' providers are reached; default this machine. */
  readonly providerHost?: string
  readonly httpPort: number
  readonly smtpPort: number
  readonly send: boolean
  readonly chores: boolean
  /** Port of the HTTP interface; absent: it has none. */
  readonly port?: number
  /** How far its clock is ahead, in milliseconds; negative: behind. Read by `skewed-clock.ts`. */
  readonly skewMs?: number
}

const options = JSON.parse(process.env['INVITE_ME_CHAOS_WORKER'] ?? '{}') as NodeOptions
const { send, chores, port, httpPort, smtpPort, providerHost = '127.0.0.1' } = options
/** Longest time to end in good order once the test is gone; its services may be gone too. */
const endMs = 3_000

// A service that is away for seconds is told thousands of times.
const quiet: Log = { warn: () => undefined, error: () => undefined }
const log = process.env['INVITE_ME_CHAOS_LOG'] === undefined ? { log: quiet } : {}

process.once('disconnect', () => {
  setTimeout(() => process.exit(), endMs)
  void inviteMe.stop({ deadlineMs: 0 }).finally(() => process.exit())
})
const inviteMe = await createInviteMe({
  ...nodePatience,
  ...log,
  store: postgres({ ...options.postgres, connections: 6 }),
  channels: channelsOf(hookChannel({ host: providerHost, port: httpPort }), smtpPort, providerHost),
  queue: rabbitmq(options.rabbitmq),
  notifier: redisNotifier(options.redis),
  dispatch: { send, chores },
})
if (port !== undefined) {
  const { fetch } = createApp(inviteMe, { keys: 'off', ...log })
  const listener = getRequestListener(fetch)
  const server = createServer((request, response) => {
    void listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
}
process.send?.({ kind: 'ready' })
