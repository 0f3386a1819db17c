import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock, InviteMe, Log } from '@invite-me/core'
import { connect } from '@invite-me/core/client'
import type { VirtualClock } from '@invite-me/core/testing'
import { createApp } from '@invite-me/server/app'
import { onTestFinished } from 'vitest'

const url = 'https://api.test'

/** A way to an engine over HTTP. */
export interface HttpWay {
  readonly inviteMe: InviteMe
  /** Ends the client, whose waits would sit out for minutes that the server is gone. */
  stop(): Promise<void>
}

/** The same clock, which calls what a request that waits has with it, as soon as that waits for time to pass. */
function tellingRests({ now, schedule }: Clock, waits: AsyncLocalStorage<() => void>): Clock {
  return {
    now,
    schedule: (delayMs, run, options) => {
      waits.getStore()?.()
      return schedule(delayMs, run, options)
    },
  }
}

/**
 * Takes hold of an engine over the HTTP interface, without sockets between. What a client has not (see `omissions` of
 * `@invite-me/core/client`) is the engine's own: what providers, links and the server itself call.
 */
export async function overHttp(engine: InviteMe, clock: VirtualClock, log: Log): Promise<HttpWay> {
  // A minute of a story passes in a moment.
  const limits = { writesPerMinute: 1_000_000, readsPerMinute: 1_000_000 }
  const waits = new AsyncLocalStorage<() => void>()
  const app = createApp(engine, {
    keys: 'off',
    hosts: [new URL(url).hostname],
    clock: tellingRests(clock, waits),
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
    fetch: (input, init) => {
      const request = new Request(input, init)
      if (!new URL(request.url).searchParams.has('wait')) return clock.track(app.fetch(request))
      // It may wait for ever; until it does, time stands still, or what it waits for would be over before it looks.
      const { promise: atRest, resolve: rest } = Promise.withResolvers<void>()
      void clock.track(atRest)
      return waits.run(rest, () => app.fetch(request)).finally(rest)
    },
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
