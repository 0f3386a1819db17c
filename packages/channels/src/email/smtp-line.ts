import type { Letter } from './letter.ts'
import type { SmtpConnection, SmtpConnectionClass } from './mail-transport.ts'

/** How lines to a mail server are opened. */
export interface LineOptions {
  readonly Connection: SmtpConnectionClass
  /** Options of the connection, as the library names them. */
  readonly connection: object
  readonly auth: { readonly user: string; readonly pass: string } | undefined
}

/** Who sends a mail to whom, and how many bytes it has. */
export interface LineEnvelope {
  readonly from: string
  readonly to: string
  readonly size: number
}

/** An open connection to a mail server; takes one mail at a time. */
export class SmtpLine {
  readonly #connection: SmtpConnection
  readonly #onEnd: (line: SmtpLine) => void
  readonly #takesUtf8: boolean
  #isOpen = true
  #sent = 0

  private constructor(connection: SmtpConnection, takesUtf8: boolean, onEnd: (line: SmtpLine) => void) {
    this.#connection = connection
    this.#takesUtf8 = takesUtf8
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
      if (signal.aborted) throw aborted()
      const connection = new Connection(options)
      let takesUtf8 = true
      const fail = (error: Error) => {
        signal.removeEventListener('abort', callOff)
        reject(error)
        connection.close()
      }
      const callOff = () => fail(aborted())
      const succeed = () => {
        signal.removeEventListener('abort', callOff)
        resolve(new SmtpLine(connection, takesUtf8, onEnd))
      }
      signal.addEventListener('abort', callOff, { once: true })
      // Also after it has opened: an error nobody listens to would end the process. `end` follows it.
      connection.on('error', fail)
      connection.on('end', () => fail(closed()))
      connection.connect((error) => {
        takesUtf8 = knowsUtf8(connection)
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
  send(envelope: LineEnvelope, letter: Letter, signal: AbortSignal): Promise<void> {
    this.#sent += 1
    return new Promise((resolve, reject) => {
      // The library would write such an address all the same (RFC 6531 §3.3 forbids it).
      if (!this.#takesUtf8 && /[^\0-\x7f]/.test(envelope.from + envelope.to)) throw unspeakable()
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

  /** Leaves without a word, in the middle of a mail. */
  cut(): void {
    this.#connection.close()
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

/** Whether the server said after EHLO that it takes addresses outside ASCII; it is asked again after STARTTLS. */
function knowsUtf8({ lastServerResponse: said }: SmtpConnection): boolean {
  return typeof said !== 'string' || /^250[ -]SMTPUTF8\b/im.test(said)
}

/** The error of an address a server has no letters for. */
function unspeakable(): Error {
  return Object.assign(new Error('The address has letters outside ASCII'), { code: 'ENOUTF8' })
}

/** The error of what was called off; the message of the library's errors is never shown. */
export function aborted(): Error {
  return Object.assign(new Error('Called off'), { code: 'EABORT' })
}

/** The error of a connection that is gone. */
export function closed(): Error {
  return Object.assign(new Error('The connection is closed'), { code: 'ECONNECTION' })
}
