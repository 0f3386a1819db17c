import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server'
import { InviteMeError } from '@invite-me/core'
import { guardUpgrades, upgradeOptions } from './upgrades.ts'

/** Where and how to listen. */
export interface PublicListenOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Connections at once; one more is closed before it has said anything. Default 10,000. */
  readonly maxConnections?: number
  readonly timeouts?: Partial<PublicTimeouts>
}

/** How long clients may take, in ms. */
export interface PublicTimeouts {
  /** For the headers of a request (default 20,000). */
  readonly headersMs: number
  /** For a request with its body (default 60,000). */
  readonly bodyMs: number
  /** The same for imports (default 900,000). */
  readonly importMs: number
  /** Without a word on a connection while something is under way (default 90,000); longer than any long poll waits. */
  readonly silenceMs: number
  /** Between two requests (default 65,000): longer than common load balancers wait, so that they close first. */
  readonly keepAliveMs: number
  /** Between two looks at who takes too long (default 5,000). */
  readonly lookMs: number
}

/** What answers once everything is there. */
export interface PublicHandlers {
  readonly fetch: (request: Request, env: object) => Response | Promise<Response>
  /** Opens the sockets of live topics. */
  readonly webSockets?: WebSocketServerLike
}

/** A server that is listening. */
export interface PublicListening {
  /** `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Begins to answer; before, every request is asked to come back. */
  serve(handlers: PublicHandlers): void
  /** Takes no more connections, and ends each after the answer that is under way. */
  stopAccepting(): void
  /** Waits until nothing is under way any more, at most `deadlineMs`. */
  whenIdle(deadlineMs: number): Promise<void>
  /** Cuts what is still open; may be called twice. */
  close(): Promise<void>
}

const usualTimeouts: PublicTimeouts = {
  headersMs: 20_000,
  bodyMs: 60_000,
  importMs: 900_000,
  silenceMs: 90_000,
  keepAliveMs: 65_000,
  lookMs: 5_000,
}
const imports = /^\/v1\/recipients\/import(\?|$)/
const mostHeaders = 200
const mostHeaderBytes = 16_384

/**
 * Listens on the network, with bounds on how long and how much a client may send. Speaks HTTP only: TLS is for a proxy in
 * front. Long polls and streams may stay open as long as they like.
 *
 * @throws InviteMeError `OPTIONS_INVALID`, field `port` or `host`, when they cannot be had
 */
export async function listenPublic(options: PublicListenOptions): Promise<PublicListening> {
  const { host, port, maxConnections = 10_000 } = options
  const timeouts = { ...usualTimeouts, ...options.timeouts }
  const server = createServer({
    maxHeaderSize: mostHeaderBytes,
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.importMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: timeouts.lookMs,
    ...upgradeOptions,
  })
  server.maxHeadersCount = mostHeaders
  server.maxConnections = maxConnections
  server.timeout = timeouts.silenceMs
  const answers = new Answers(server, timeouts)
  server.on('request', notYet)
  const bound = await listen(server, host, port)
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(bound)}`,
    port: bound,
    serve: ({ fetch, webSockets }) => {
      server.off('request', notYet)
      createAdaptorServer({
        fetch,
        hostname: host,
        ...(webSockets !== undefined && { websocket: { server: webSockets } }),
        // The server is there and listens: the adaptor gets it instead of one of its own.
        createServer: ((...given: readonly unknown[]) =>
          server.on('request', given.find(isListener) ?? notYet)) as typeof createServer,
      })
      if (webSockets !== undefined) guardUpgrades(server)
    },
    stopAccepting: () => {
      server.close()
      answers.last()
      server.closeIdleConnections()
    },
    whenIdle: (deadlineMs) => answers.whenNone(deadlineMs),
    close: () =>
      new Promise((resolve) => {
        // An error here only says that it was closed before.
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function isListener(value: unknown): value is RequestListener {
  return typeof value === 'function'
}

function notYet(_request: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1', connection: 'close' })
    .end('Starting; try again in a moment.\n')
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(explain(cause, host, port)))
    server.listen({ host, port }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function explain(cause: NodeJS.ErrnoException, host: string, port: number): InviteMeError {
  const isHost = cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND' || cause.code === 'EAI_AGAIN'
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `something else listens on port ${String(port)} already`,
    EACCES: `port ${String(port)} may not be used without more rights; take one from 1024 on`,
  }
  const reason = isHost
    ? `this machine has no address "${host}"`
    : (reasons[cause.code ?? ''] ?? cause.code ?? '')
  return new InviteMeError('OPTIONS_INVALID', `The server cannot listen: ${reason}.`, {
    field: isHost ? 'host' : 'port',
    cause,
  })
}

/** The answers under way. */
class Answers {
  readonly #open = new Set<ServerResponse>()
  readonly #waiting = new Set<() => void>()
  #isLast = false

  constructor(server: Server, { bodyMs, importMs }: PublicTimeouts) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#open.add(response)
      if (this.#isLast) response.shouldKeepAlive = false
      const overdue = setTimeout(
        () => {
          if (!request.complete) request.socket.destroy()
        },
        imports.test(request.url ?? '') ? importMs : bodyMs,
      ).unref()
      response.once('close', () => {
        clearTimeout(overdue)
        this.#open.delete(response)
        if (this.#open.size === 0) for (const tell of this.#waiting) tell()
      })
    })
  }

  /** Every connection ends with the answer it is at. */
  last(): void {
    this.#isLast = true
    for (const response of this.#open) response.shouldKeepAlive = false
  }

  whenNone(deadlineMs: number): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(overdue)
        this.#waiting.delete(end)
        resolve()
      }
      const overdue = setTimeout(end, deadlineMs)
      this.#waiting.add(end)
    })
  }
}
