import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A wire that can go dead without a word, as when a router forgets a connection. */
export interface SwallowingWire {
  /** Port on 127.0.0.1. */
  readonly port: number
  /** Connections open at present. */
  readonly open: number
  /** From now on nothing passes, in neither direction, and nobody is told; new connections open and are as dead. */
  swallow(): void
  /** New connections carry again; those that were swallowed stay dead. */
  carry(): void
  close(): Promise<void>
}

/** Stands between a client and the server at a port of 127.0.0.1. */
export async function startSwallowingWire(serverPort: number): Promise<SwallowingWire> {
  const sockets = new Set<Socket>()
  const dead = new WeakSet<Socket>()
  let isSwallowing = false
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from)
    if (isSwallowing) dead.add(from)
    from.on('data', (data) => {
      if (!dead.has(from)) to.write(data)
    })
    from.on('error', () => {})
    from.once('close', () => {
      sockets.delete(from)
      if (!dead.has(from)) to.destroy()
    })
  }
  const wire = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect(serverPort, '127.0.0.1')
    join(client, server)
    join(server, client)
  })
  wire.listen(0, '127.0.0.1')
  await once(wire, 'listening')
  return {
    port: (wire.address() as AddressInfo).port,
    get open() {
      return sockets.size
    },
    swallow: () => {
      isSwallowing = true
      for (const socket of sockets) dead.add(socket)
    },
    carry: () => {
      isSwallowing = false
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      wire.close()
      await once(wire, 'close')
    },
  }
}
