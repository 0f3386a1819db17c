import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Call, CallLedger } from './call-ledger.ts'
import { slowMs } from './fault-plan.ts'
import type { Provider } from './http-provider.ts'

/** Starts a mail server that fails by plan. Written on bare sockets, so that it can break off at any byte. */
export async function startSmtpProvider(ledger: CallLedger): Promise<Provider> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    new Conversation(ledger, socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      }),
  }
}

class Conversation {
  readonly #ledger: CallLedger
  readonly #socket: Socket
  #rest = ''
  #call: Call | undefined
  #isMessage = false

  constructor(ledger: CallLedger, socket: Socket) {
    this.#ledger = ledger
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#call?.end())
    socket.on('data', (chunk: string) => {
      this.#rest += chunk
      this.#read()
    })
    socket.write('220 mail.guests.test ESMTP\r\n')
  }

  #read(): void {
    for (;;) {
      const mark = this.#isMessage ? '\r\n.\r\n' : '\r\n'
      const end = this.#rest.indexOf(mark)
      if (end === -1 || this.#socket.destroyed) return
      const text = this.#rest.slice(0, end)
      this.#rest = this.#rest.slice(end + mark.length)
      if (this.#isMessage) this.#takeMessage(text)
      else this.#obey(text)
    }
  }

  #obey(line: string): void {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        this.#socket.write('250-mail.guests.test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n')
        break
      case 'RCPT':
        this.#meet(/<([^>]*)>/.exec(line)?.[1] ?? '')
        break
      case 'DATA':
        this.#isMessage = true
        this.#socket.write('354 go on\r\n')
        break
      case 'QUIT':
        this.#socket.end('221 bye\r\n')
        break
      default:
        this.#socket.write('250 2.0.0 ok\r\n')
    }
  }

  #meet(address: string): void {
    this.#call?.end()
    this.#call = this.#ledger.begin('email', address)
    const { fault } = this.#call
    if (fault === 'cut-before') this.#cut()
    else if (fault === 'broken') this.#answer('451 4.3.0 Try again later')
    else if (fault === 'refused') this.#answer('550 5.1.1 No such user')
    else this.#socket.write('250 2.1.5 ok\r\n')
  }

  #takeMessage(text: string): void {
    this.#isMessage = false
    const call = this.#call
    call?.arrive(/^message-id: *(\S+)/im.exec(text)?.[1] ?? 'none')
    if (call?.fault === 'cut-after') {
      this.#cut()
      return
    }
    call?.take()
    if (call?.fault === 'silent') this.#cut()
    else if (call?.fault === 'slow') setTimeout(() => this.#answer('250 2.0.0 taken'), slowMs)
    else this.#answer('250 2.0.0 taken')
  }

  #answer(reply: string): void {
    this.#call?.settle()
    this.#socket.write(`${reply}\r\n`)
  }

  #cut(): void {
    this.#call?.settle()
    this.#socket.destroy()
  }
}
