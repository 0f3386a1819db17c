import type { Readable } from 'node:stream'

/** What is used of nodemailer's `SMTPConnection`; the class has this shape. */
export interface SmtpConnection {
  /** True when the server offers a login. */
  readonly allowsAuth: boolean
  /** What the server said last; once connected, what it can do. */
  readonly lastServerResponse?: string | false
  on(event: 'error', listen: (error: Error) => void): unknown
  on(event: 'end', listen: () => void): unknown
  connect(done: (error?: Error | null) => void): void
  login(auth: object, done: (error?: Error | null) => void): void
  send(envelope: object, message: Readable, done: (error?: Error | null) => void): void
  /** Clears what is left of a refused message. */
  reset(done: (error?: Error | null) => void): void
  /** Takes leave of the server and closes. */
  quit(): void
  /** Closes at once; what was not written yet is dropped. */
  close(): void
}

/** Makes a connection to a mail server that is not open yet. */
export type SmtpConnectionClass = new (options: object) => SmtpConnection

/** A mail that is ready to leave. */
export interface OutgoingMail {
  readonly envelope: { readonly from: string; readonly to: string }
  readonly bytes: Buffer
}

/** How far a mail got. */
export interface Departure {
  /** True once the final dot was written: the server may have the mail. Before it a server must not deliver (RFC 5321 §4.1.1.4). */
  isOut: boolean
}

/** A mail server mail is handed to. Trouble is thrown as the library's own error; see `describeFailure`. */
export interface MailTransport {
  send(mail: OutgoingMail, departure: Departure, signal: AbortSignal): Promise<void>
  /** Connects and logs in without sending. */
  verify(signal: AbortSignal): Promise<void>
  /** Closes what is idle at once and what is busy after its mail; what waits is not sent. */
  close(): void
}
