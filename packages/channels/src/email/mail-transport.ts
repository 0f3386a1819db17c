import type { Readable } from 'node:stream'

/** What is used of nodemailer; its module has this shape. */
export interface MailLibrary {
  createTransport(options: object): MailTransport
}

/** What is used of a nodemailer transport. */
export interface MailTransport {
  use(step: 'stream', plugin: (mail: MailUnderWay, done: (error?: Error | null) => void) => void): unknown
  sendMail(mail: object): Promise<unknown>
  verify(): Promise<unknown>
  close(): void
}

/** A message on its way through the library. */
export interface MailUnderWay {
  readonly data: object
  readonly message: { createReadStream(options?: object): Readable }
}

/** Sees how far a message got: `stream` is what its bytes are read from, once the server asked for them. */
export interface Departure {
  stream?: Readable
}
