import type { Socket } from 'node:net'

/** Gives `take` every protocol unit that comes in; each begins with its own length (SMPP 3.4 §3.2). */
export function readUnits(socket: Socket, take: (unit: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 16 && rest.length >= rest.readUInt32BE(0)) {
      const length = rest.readUInt32BE(0)
      take(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  })
}
