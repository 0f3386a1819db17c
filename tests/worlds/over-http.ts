import type { InviteMe, Log } from '@invite-me/core'
import { connect } from '@invite-me/core/client'
import type { VirtualClock } from '@invite-me/core/testing'
import { createApp } from '@invite-me/server/app'
import { onTestFinished } from 'vitest'
import { patientHttp } from './patient-http.ts'

const url = 'https://api.test'

/** A way to an engine over HTTP. */
export interface HttpWay {
  readonly inviteMe: InviteMe
  /** Ends the client, whose waits would sit out for minutes that the server is gone. */
  stop(): Promise<void>
}

/**
 * Takes hold of an engine over the HTTP interface, without sockets between. What a client has not (see `omissions` of
 * `@invite-me/core/client`) is the engine's own: what providers, links and the server itself call.
 */
export async function overHttp(engine: InviteMe, clock: VirtualClock, log: Log): Promise<HttpWay> {
  // A minute of a story passes in a moment.
  const limits = { writesPerMinute: 1_000_000, readsPerMinute: 1_000_000 }
  const http = patientHttp(clock)
  const app = createApp(engine, {
    keys: 'off',
    hosts: [new URL(url).hostname],
    clock: http.clock,
    limits,
    log,
  })
  const client = connect({
    url,
    key: 'imk_none',
    clock,
    log,
    // What does not answer now does not answer later: the server is this process.
    retries: 0,
    fetch: (input, init) => http.answer(new Request(input, init), app.fetch),
  })
  onTestFinished(async () => {
    await app.live.close()
    await client.stop()
  })
  const inviteMe = {
    ...engine,
    ...client,
    keys: { ...engine.keys, ...client.keys },
    audit: { ...engine.audit, ...client.audit },
    channels: { ...client.channels, list: engine.channels.list },
    stop: async (options?: Parameters<InviteMe['stop']>[0]) => {
      await client.stop()
      await engine.stop(options)
    },
  }
  return { inviteMe, stop: client.stop }
}
