import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'

/** Stands in for nodemailer's connection: a server that takes every mail at once, without a socket in between. */
export class NullSmtpConnection extends EventEmitter {
  readonly allowsAuth = false
  #isOpen = true

  connect(done: () => void): void {
    done()
  }

  login(_auth: object, done: () => void): void {
    done()
  }

  send(_envelope: object, message: Readable, done: () => void): void {
    message.resume()
    message.once('end', done)
  }

  reset(done: () => void): void {
    done()
  }

  quit(): void {
    this.close()
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.emit('end')
  }
}
