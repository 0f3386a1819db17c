import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A wire to an SMTP server that loses the word "taken" for a while. */
export interface StallingWire {
  /** Port on 127.0.0.1. */
  readonly port: number
  /** Mails the server has taken while its word for it was held back. */
  readonly heldBack: number
  /** Holds nothing back any more. */
  goOn(): void
  close(): Promise<void>
}

/**
 * Stands between a sender and an SMTP server. After `stallAfter` mails it holds back the server's word that it has taken
 * a mail: the mail arrives, and the sender does not learn it. Only such a moment makes doubles.
 */
export async function startStallingWire({
  port,
  stallAfter,
}: {
  readonly port: number
  readonly stallAfter: number
}): Promise<StallingWire> {
  const sockets = new Set<Socket>()
  let taken = 0
  let heldBack = 0
  let isStalling = true
  const wire = createServer((sender) => {
    const server = connect(port, '127.0.0.1')
    for (const socket of [sender, server]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => {
        sockets.delete(socket)
        sender.destroy()
        server.destroy()
      })
    }
    sender.pipe(server)
    server.on('data', (reply: Buffer) => {
      const isTaken = /^250.*queued/im.test(reply.toString('latin1'))
      if (isTaken) taken += 1
      if (isTaken && isStalling && taken > stallAfter) heldBack += 1
      else sender.write(reply)
    })
  })
  wire.listen(0, '127.0.0.1')
  await once(wire, 'listening')
  return {
    port: (wire.address() as AddressInfo).port,
    get heldBack() {
      return heldBack
    },
    goOn: () => {
      isStalling = false
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      wire.close()
      await once(wire, 'close')
    },
  }
}
