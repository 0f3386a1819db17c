import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Where sockets of live topics are opened. */
const livePath = /^\/v1\/live(\?|$)/

/**
 * Whether a request becomes a WebSocket. Any other that would like another protocol (HTTP clients of Java ask for `h2c` with every
 * request) is answered as if it had not asked (RFC 9110 §7.8).
 */
export function wantsSocket({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && livePath.test(url)
}

/** For `createServer` of Node 24.9 and later: other requests never leave the usual way, with its deadlines and bounds. */
export const upgradeOptions: { readonly shouldUpgradeCallback: typeof wantsSocket } = {
  shouldUpgradeCallback: wantsSocket,
}

const refusal = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/**
 * Puts a guard before what opens the sockets of a server. An earlier Node hands over every request with `Upgrade`, without a
 * deadline and for good: those that want no socket are refused, since nobody else would ever answer or close them.
 */
export function guardUpgrades(server: Server): void {
  const openers = server.listeners('upgrade')
  server.removeAllListeners('upgrade')
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (wantsSocket(request)) for (const open of openers) open.call(server, request, socket, head)
    else refuse(socket)
  })
}

function refuse(socket: Duplex): void {
  // It may be gone already.
  socket.on('error', () => undefined)
  socket.end(refusal, () => socket.destroy())
}
