/**
 * An operator's message centre (SMPP 3.4) that takes every short message at once and keeps nothing; run as a process of its
 * own. Tells its port to its parent.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { readUnits } from './smpp-units.ts'

const server = createServer(converse)
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit())

let messages = 0

function converse(socket: Socket): void {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  readUnits(socket, (unit) => {
    const command = unit.readUInt32BE(4)
    if (command < 0x8000_0000) socket.write(response(command, unit.readUInt32BE(12)))
  })
}

/** A response has the number of its request with the first bit set (SMPP 3.4 §5.1.2.1), and the request's sequence number. */
function response(command: number, sequence: number): Buffer {
  const body = Buffer.from(bodyOf(command))
  const head = Buffer.alloc(16)
  head.writeUInt32BE(head.length + body.length, 0)
  head.writeUInt32BE(command + 0x8000_0000, 4)
  head.writeUInt32BE(sequence, 12)
  return Buffer.concat([head, body])
}

function bodyOf(command: number): string {
  switch (command) {
    // bind_transceiver: our name
    case 0x09:
      return 'null\0'
    // submit_sm: the id of the message
    case 0x04:
      messages += 1
      return `${messages.toString(16)}\0`
    default:
      return ''
  }
}
