/**
 * A mail server that takes everything at once and keeps nothing; run as a process of its own, so that it does not share
 * its core with what is measured. Tells its port to its parent.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net'

const server = createServer(converse)
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit())

function converse(socket: Socket): void {
  let rest = ''
  let isMessage = false
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.on('error', () => socket.destroy())
  socket.write('220 sink.guests.test ESMTP\r\n')
  socket.on('data', (chunk: string) => {
    rest += chunk
    for (;;) {
      const end = rest.indexOf(isMessage ? '\r\n.\r\n' : '\r\n')
      if (end === -1) return
      const line = isMessage ? '' : rest.slice(0, 4).toUpperCase()
      rest = rest.slice(end + (isMessage ? 5 : 2))
      isMessage = line === 'DATA'
      socket.write(reply(line))
      if (line === 'QUIT') socket.end()
    }
  })
}

function reply(verb: string): string {
  switch (verb) {
    case 'EHLO':
      // As servers do, so that no side waits for an answer to every line.
      return '250-sink.guests.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n'
    case 'DATA':
      return '354 go on\r\n'
    case 'QUIT':
      return '221 bye\r\n'
    default:
      return '250 2.0.0 ok\r\n'
  }
}
