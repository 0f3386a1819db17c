import { serve } from '@hono/node-server'
import { inApp } from '@invite-me/channels/in-app'
import { createInviteMe, type Clock, type InviteMe, type StoreOpener } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { createApp, type App, type AppOptions } from '../../app/create-app.ts'

/** A server with live topics on a port of this machine. */
export interface LivePlace {
  readonly inviteMe: InviteMe
  readonly app: App
  /** `127.0.0.1:49213` */
  readonly host: string
  /** The token of a person, for an hour unless told otherwise. */
  tokenOf(person: string, options?: { readonly topics?: readonly string[]; readonly lifeMs?: number }): Promise<string>
  /** The secret of a key that may follow, look and send. */
  key(): Promise<{ readonly id: string; readonly secret: string }>
  stop(): Promise<void>
}

/** Starts one; every test its own. */
export async function startLivePlace(
  options: AppOptions = {},
  { store = sqlite(':memory:'), clock }: { readonly store?: StoreOpener; readonly clock?: Clock } = {},
): Promise<LivePlace> {
  const silent = { warn: () => undefined, error: () => undefined }
  const inviteMe = await createInviteMe({
    store,
    channels: [inApp({})],
    log: silent,
    ...(clock !== undefined && { clock }),
  })
  const app = createApp(inviteMe, { log: silent, ...(clock !== undefined && { clock }), ...options })
  const { server, port } = await listen(app)
  return {
    inviteMe,
    app,
    host: `127.0.0.1:${port}`,
    tokenOf: async (person, life = {}) => (await app.world.tokens.make(person, life)).token,
    key: async () => {
      const { key, secret } = await inviteMe.keys.create({ name: 'host app', role: 'sender' })
      return { id: key.id, secret }
    },
    stop: async () => {
      await app.live.close({ deadlineMs: 500 })
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      await inviteMe.stop()
    },
  }
}

function listen(app: App): Promise<{ readonly server: ReturnType<typeof serve>; readonly port: number }> {
  return new Promise((resolve) => {
    const server = serve(
      { fetch: app.fetch, port: 0, hostname: '127.0.0.1', websocket: { server: app.live.server } },
      ({ port }) => resolve({ server, port }),
    )
  })
}
