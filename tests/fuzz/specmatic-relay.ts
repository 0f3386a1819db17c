/**
 * Listens on a free port of 127.0.0.1, tells it as a line, and passes every connection on to a Unix socket: the one way out of a
 * network namespace, since such sockets are files. Runs until it is killed.
 */
import { connect, createServer } from 'node:net'
import { join } from './specmatic-wall.ts'

const [, , path = ''] = process.argv
const server = createServer((caller) => join(caller, connect(path)))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : address)
})
