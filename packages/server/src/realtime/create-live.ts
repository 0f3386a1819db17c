import { upgradeWebSocket, type WebSocketServerLike } from '@hono/node-server'
import { InviteMeError, type Clock, type InviteMe, type Log } from '@invite-me/core'
import type { Context } from 'hono'
import { WebSocketServer, type WebSocket } from 'ws'
import { refuseForeignHost } from '../app/own-host.ts'
import { callerOf, type Caller, type Gatekeeper } from '../app/authenticate.ts'
import { systemClock } from '@invite-me/core'
import { Connections } from './connections.ts'
import type { LiveCaller } from './live-caller.ts'
import { defaultLimits, type LiveLimits } from './live-limits.ts'
import { liveProtocol, mostMessageBytes } from './live-protocol.ts'
import { LiveSession, type Introduction } from './live-session.ts'
import type { LiveWorld } from './live-world.ts'
import { isOriginAllowed } from './origin-check.ts'
import { TopicHub } from './topic-hub.ts'

/** How live topics are set up. */
export interface LiveOptions {
  /** Who may follow: the keys and tokens of the HTTP interface. */
  readonly gatekeeper: Gatekeeper
  /** Other origins whose pages may open sockets, `https://app.guests.test`; default none but the server's own. */
  readonly origins?: readonly string[]
  readonly limits?: Partial<LiveLimits>
  /** Default the system's. */
  readonly clock?: Clock
  /** Where trouble is told; default nowhere. */
  readonly log?: Log
  /** 0 to 1, spreads reconnecting clients over time; default `Math.random`. */
  readonly fraction?: () => number
}

/** Live topics of one process. */
export interface Live {
  readonly world: LiveWorld
  /** For `serve({ websocket: { server } })` of @hono/node-server: it is this that sockets are opened with. */
  readonly server: WebSocketServerLike
  /**
   * Answers `GET /v1/live`: opens the socket, or throws what is wrong with the request.
   * @param refused called when a key or token is shown that may not be used, now or later on the socket
   */
  upgrade(context: Context, refused?: () => void): Promise<Response>
  /** What is open now. */
  counts(): {
    readonly connections: number
    readonly topics: number
    /** Bytes that sockets have not read yet. */
    readonly waitingBytes: number
  }
  /** Tells everybody to come back a little later, and lets nobody in any more; waits until all are gone, at most `deadlineMs` (default 3,000). */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

/** Shortest time after which somebody who was sent away comes back, and how much later the last of them. */
const reconnectMs = { least: 1_000, spread: 9_000 }

const silent: Log = { warn: () => undefined, error: () => undefined }

/**
 * Makes live topics for an engine: one reading of the outbox serves every socket and stream of the process.
 *
 * @example
 * const live = createLive(inviteMe, { gatekeeper })
 * app.get('/v1/live', (context) => live.upgrade(context))
 * serve({ fetch: app.fetch, port, websocket: { server: live.server } })
 */
export function createLive(inviteMe: InviteMe, options: LiveOptions): Live {
  const { gatekeeper, origins = [], clock = systemClock, log = silent, fraction = Math.random } = options
  const limits = { ...defaultLimits, ...options.limits }
  const identify = async (credential: string): Promise<LiveCaller | undefined> => {
    const caller = await callerOf(gatekeeper, credential)
    return caller === undefined ? undefined : liveCallerOf(caller)
  }
  const world: LiveWorld = {
    engine: inviteMe,
    hub: new TopicHub({ engine: inviteMe, clock, log }),
    connections: new Connections({ clock, log, limits, identify }),
    identify,
    limits,
    clock,
    log,
    reconnectAfterMs: () => Math.round(reconnectMs.least + fraction() * reconnectMs.spread),
  }
  const server = socketServer()
  return {
    world,
    // The adapter is made for it; the types of the two only differ in what may be undefined.
    server: server as unknown as WebSocketServerLike,
    upgrade: (context, refused = () => undefined) =>
      upgrade({ world, gatekeeper, origins, refused }, context),
    counts: () => ({
      connections: world.connections.size,
      topics: world.hub.size,
      waitingBytes: [...server.clients].reduce((bytes, { bufferedAmount }) => bytes + bufferedAmount, 0),
    }),
    close: async ({ deadlineMs = 3_000 } = {}) => {
      await world.connections.close(deadlineMs)
      world.hub.close()
      for (const socket of server.clients) socket.terminate()
    },
  }
}

/**
 * How a caller of the HTTP interface follows topics.
 * @throws InviteMeError `FORBIDDEN` for a key without the scope `live`, `UNAUTHENTICATED` for nobody
 */
export function liveCallerOf(caller: Caller): LiveCaller {
  switch (caller.kind) {
    case 'host':
      return { id: 'host', person: null, topics: 'all', expiresAt: null }
    case 'key':
      if (!caller.key.scopes.includes('live'))
        throw new InviteMeError('FORBIDDEN', 'This key lacks the scope "live".')
      return { id: `key:${caller.key.id}`, person: null, topics: 'all', expiresAt: null }
    case 'recipient':
      return {
        id: `person:${caller.sub}`,
        person: caller.sub,
        topics: caller.topics,
        expiresAt: caller.expiresAt,
      }
    case 'queue':
      throw new InviteMeError('FORBIDDEN', 'Topics are not followed by commands.')
    case 'nobody':
      throw new InviteMeError('UNAUTHENTICATED', 'A key or token is needed: "Authorization: Bearer …".', {
        field: 'header.authorization',
      })
  }
}

function socketServer(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: mostMessageBytes,
    // Compressing costs memory for each socket and lets a small message grow large (zlib; ws, README "WebSocket compression").
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(liveProtocol) ? liveProtocol : false),
  })
}

interface Entrance {
  readonly world: LiveWorld
  readonly gatekeeper: Gatekeeper
  readonly origins: readonly string[]
  readonly refused: () => void
}

async function upgrade(
  { world, gatekeeper, origins, refused }: Entrance,
  context: Context,
): Promise<Response> {
  const header = (name: string): string | undefined => context.req.header(name)
  if (header('upgrade')?.toLowerCase() !== 'websocket')
    return context.body(null, 426, { Upgrade: 'websocket', Connection: 'Upgrade' })
  refuseProtocol(header('sec-websocket-protocol'))
  refuseForeignHost(gatekeeper, header('host'))
  if (!isOriginAllowed(header('origin'), header('host'), origins))
    throw new InviteMeError('FORBIDDEN', 'Pages of this origin may not open sockets here.', {
      field: 'header.origin',
    })
  const introduction = await introductionOf(world, header('authorization'), refused)
  refuseFull(world, introduction)
  let session: LiveSession | undefined
  return upgradeWebSocket(
    context,
    {
      onOpen: (_event, { raw }) => {
        // It is the socket of our own server above.
        const socket = raw as WebSocket
        session = new LiveSession(world, socket, refused)
        socket.on('pong', () => session?.heard())
        session.open(introduction)
      },
      onMessage: ({ data }) => session?.receive(typeof data === 'string' ? data : undefined),
      onClose: () => session?.closed(),
      onError: () => undefined,
    },
    {
      onError: (error) =>
        world.log.error('A live socket failed.', { error: error instanceof Error ? error.message : '' }),
    },
  )
}

function refuseProtocol(offered: string | undefined): void {
  if (offered?.split(',').some((protocol) => protocol.trim() === liveProtocol) === true) return
  throw new InviteMeError(
    'REQUEST_INVALID',
    `A socket here speaks "${liveProtocol}": offer it as its subprotocol.`,
    {
      field: 'header.sec-websocket-protocol',
    },
  )
}

/** Who opens the socket, when they say so at once; browsers cannot, and say it in their first message. */
async function introductionOf(
  world: LiveWorld,
  header: string | undefined,
  refused: () => void,
): Promise<Introduction | undefined> {
  if (header === undefined) return undefined
  const credential = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1] ?? ''
  const caller = await world.identify(credential)
  if (caller !== undefined) return { caller, credential }
  refused()
  throw new InviteMeError(
    'UNAUTHENTICATED',
    'The key or token in "Authorization" is unknown, has expired or was revoked.',
    {
      field: 'header.authorization',
    },
  )
}

function refuseFull({ connections }: LiveWorld, introduction: Introduction | undefined): void {
  if (connections.isClosed)
    throw new InviteMeError(
      'STOPPED',
      'The server is stopping. Connect again; a cursor goes on where you are.',
    )
  if (connections.hasRoom(introduction?.caller)) return
  throw new InviteMeError(
    'RATE_LIMITED',
    'There are too many live connections: end some, or try again later.',
  )
}
