import type { Letter } from './letter.ts'
import type { SmtpConnection, SmtpConnectionClass } from './mail-transport.ts'

/** How lines to a mail server are opened. */
export interface LineOptions {
  readonly Connection: SmtpConnectionClass
  /** Options of the connection, as the library names them. */
  readonly connection: object
  readonly auth: { readonly user: string; readonly pass: string } | undefined
}

/** An open connection to a mail server; takes one mail at a time. */
export class SmtpLine {
  readonly #connection: SmtpConnection
  readonly #onEnd: (line: SmtpLine) => void
  #isOpen = true
  #sent = 0

  private constructor(connection: SmtpConnection, onEnd: (line: SmtpLine) => void) {
    this.#connection = connection
    this.#onEnd = onEnd
    connection.on('end', () => this.#end())
  }

  /** False once it takes no more mail. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Mails it was given. */
  get sent(): number {
    return this.#sent
  }

  /**
   * Connects and logs in.
   *
   * @param onEnd is told once when the line takes no more mail, for whatever reason
   * @throws the library's error, or {@link aborted}
   */
  static open(
    { Connection, auth, connection: options }: LineOptions,
    onEnd: (line: SmtpLine) => void,
    signal: AbortSignal,
  ): Promise<SmtpLine> {
    return new Promise((resolve, reject) => {
      const connection = new Connection(options)
      const fail = (error: Error) => {
        signal.removeEventListener('abort', callOff)
        reject(error)
        connection.close()
      }
      const callOff = () => fail(aborted())
      const succeed = () => {
        signal.removeEventListener('abort', callOff)
        resolve(new SmtpLine(connection, onEnd))
      }
      signal.addEventListener('abort', callOff, { once: true })
      // Also after it has opened: an error nobody listens to would end the process. `end` follows it.
      connection.on('error', fail)
      connection.on('end', () => fail(closed()))
      connection.connect((error) => {
        if (error) fail(error)
        else if (auth === undefined || !connection.allowsAuth) succeed()
        else connection.login({ ...auth }, (loginError) => (loginError ? fail(loginError) : succeed()))
      })
    })
  }

  /**
   * Carries one mail; when called off, the connection is cut.
   *
   * @throws the library's error, or {@link aborted}
   */
  send(envelope: object, letter: Letter, signal: AbortSignal): Promise<void> {
    this.#sent += 1
    return new Promise((resolve, reject) => {
      const callOff = () => {
        reject(aborted())
        this.#connection.close()
      }
      if (signal.aborted) callOff()
      signal.addEventListener('abort', callOff, { once: true })
      this.#connection.send(envelope, letter, (error) => {
        signal.removeEventListener('abort', callOff)
        if (error) reject(error)
        else resolve()
      })
    })
  }

  /** Makes it fit for the next mail after one was refused. */
  reset(): Promise<void> {
    return new Promise((resolve) => {
      this.#connection.reset((error) => {
        if (error) this.#connection.close()
        resolve()
      })
    })
  }

  quit(): void {
    if (!this.#isOpen) return
    this.#end()
    this.#connection.quit()
  }

  #end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#onEnd(this)
  }
}

/** The error of what was called off; the message of the library's errors is never shown. */
export function aborted(): Error {
  return Object.assign(new Error('Called off'), { code: 'EABORT' })
}

/** The error of a connection that is gone. */
export function closed(): Error {
  return Object.assign(new Error('The connection is closed'), { code: 'ECONNECTION' })
}
