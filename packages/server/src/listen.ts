import { serve, type WebSocketServerLike } from '@hono/node-server'
import { InviteMeError } from '@invite-me/core'

/** Where and how to listen. */
export interface ListenOptions {
  /** Default 0: a free port is chosen. */
  readonly port?: number
  /** What opens the WebSockets the handler asks for: `app.live.server` of an HTTP interface. Default there are none. */
  readonly webSockets?: WebSocketServerLike
}

/** A server that is listening. */
export interface Listening {
  /** `http://127.0.0.1:49213`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Stops listening, lets answers under way leave within a second, then cuts what is open; may be called twice. */
  close(): Promise<void>
}

/** How long an answer may take to leave when the server is closed. */
const graceMs = 1_000

/**
 * Serves a Web-standard handler to this machine only, at 127.0.0.1. For tests and for the page of `invite-me try`;
 * a public server stands behind a proxy that speaks TLS.
 *
 * @throws InviteMeError `OPTIONS_INVALID` when the port is taken or not allowed
 */
export function listenOnLoopback(
  handler: (request: Request) => Response | Promise<Response>,
  { port = 0, webSockets }: ListenOptions = {},
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const websocket = webSockets === undefined ? {} : { websocket: { server: webSockets } }
    const server = serve({ fetch: handler, port, hostname: '127.0.0.1', ...websocket }, (address) => {
      resolve({ url: `http://127.0.0.1:${address.port}`, port: address.port, close })
    })
    server.once('error', (cause) => {
      reject(
        new InviteMeError(
          'OPTIONS_INVALID',
          `Port ${port} cannot be listened on. Choose another one, or 0 for a free one.`,
          { field: 'port', cause },
        ),
      )
    })
    function close(): Promise<void> {
      return new Promise((done) => {
        const cut = setTimeout(() => {
          if ('closeAllConnections' in server) server.closeAllConnections()
        }, graceMs)
        // An error here only says that it was closed before.
        server.close(() => {
          clearTimeout(cut)
          done()
        })
        if ('closeIdleConnections' in server) server.closeIdleConnections()
      })
    }
  })
}
