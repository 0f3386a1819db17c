import { InviteMeError } from '@invite-me/core/channel'
import type { AddressInfo, Server } from 'node:net'
import type { SMTPServerDataStream, SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import { handOver, type MailTaker } from './email/hand-over.ts'

/** How {@link listenForMail} listens. */
export interface MailListenerOptions {
  /** Port to listen on; 0 takes a free one. */
  readonly port: number
  /** Address to listen on; default `127.0.0.1`. Give `0.0.0.0` to be reached from other machines. */
  readonly host?: string
  /**
   * Takes one mail as a Web request: body `message/rfc822`, headers `x-envelope-from` (empty for the null sender) and
   * `x-envelope-to`. The sending server is told "accepted" only after this resolves, so write the mail down before.
   * Its `signal` aborts after `receiveTimeoutMs`.
   */
  readonly receive: MailTaker
  /** Which recipients are ours; default every address that begins with `reply+` or `bounce+`. */
  readonly accepts?: (address: string) => boolean
  /** Largest mail in bytes; default 1,048,576. */
  readonly maxBytes?: number
  /** Connections at once; default 50. More are told to come back. */
  readonly maxConnections?: number
  /** Longest silence on a connection in milliseconds; default 60,000. */
  readonly idleTimeoutMs?: number
  /** Longest wait for `receive` in milliseconds; default 30,000. Afterwards the sending server tries again later. */
  readonly receiveTimeoutMs?: number
  /** Key and certificate (PEM) for STARTTLS; without them mail comes in unencrypted, as behind another mail server. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** The smtp-server module to use; default: the installed one. */
  readonly smtpServer?: MailServerLibrary
}

/** What is used of smtp-server; its module has this shape. */
export interface MailServerLibrary {
  readonly SMTPServer: new (options: object) => {
    readonly server: Server
    on(event: 'error', listener: (error: Error) => void): unknown
    listen(port: number, host: string, listening: () => void): unknown
    close(closed: () => void): unknown
  }
}

/** A listener at work. */
export interface MailListener {
  readonly port: number
  /** Takes no new connections and lets those under way finish, for at most 5 seconds. May be called twice. */
  close(): Promise<void>
}

const maxRecipients = 10

/**
 * Listens for replies by SMTP and hands each to `receive`, so that a mail server can relay the reply domain here.
 * When `receive` fails the sending server is told to try again (451) and keeps the mail: nothing is lost. A mail that can
 * never be taken (`InviteMeError` of a caller's mistake, or a `Response` of status 4xx) is refused for good (554).
 *
 * @throws InviteMeError `PEER_MISSING` when smtp-server is not installed, `OPTIONS_INVALID` when the port cannot be had
 * @example
 * const listener = await listenForMail({ port: 2525, receive: (request) => inviteMe.receive('email', request) })
 */
export async function listenForMail(options: MailListenerOptions): Promise<MailListener> {
  const { SMTPServer } = options.smtpServer ?? (await loadSmtpServer())
  const server = new SMTPServer(serverOptions(options))
  // Connections that break are their senders' trouble; without a listener they would end the process.
  server.on('error', () => {})
  const port = await new Promise<number>((resolve, reject) => {
    server.server.once('error', (cause) => {
      reject(
        new InviteMeError('OPTIONS_INVALID', `The mail listener cannot listen on port ${options.port}.`, {
          field: 'port',
          cause,
        }),
      )
    })
    server.listen(options.port, options.host ?? '127.0.0.1', () => {
      resolve((server.server.address() as AddressInfo).port)
    })
  })
  let closing: Promise<void> | undefined
  return {
    port,
    close: () => (closing ??= new Promise((resolve) => server.close(() => resolve()))),
  }
}

async function loadSmtpServer(): Promise<MailServerLibrary> {
  try {
    return await import('smtp-server')
  } catch (cause) {
    throw new InviteMeError('PEER_MISSING', 'Listening for mail needs smtp-server: run npm i smtp-server.', {
      cause,
    })
  }
}

function serverOptions(options: MailListenerOptions): SMTPServerOptions {
  const { accepts = isReturnAddress, maxBytes = 1_048_576, tls } = options
  return {
    ...tls,
    disabledCommands: tls === undefined ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    banner: 'replies only',
    size: maxBytes,
    maxClients: options.maxConnections ?? 50,
    socketTimeout: options.idleTimeoutMs ?? 60_000,
    closeTimeout: 5_000,
    disableReverseLookup: true,
    hideSMTPUTF8: true,
    // The answers below carry their own status codes; the library would put another before them.
    hideENHANCEDSTATUSCODES: true,
    logger: false,
    onRcptTo: ({ address }, { envelope }, done) => {
      if (!/^[!-~]+$/.test(address) || !accepts(address))
        return done(answer(550, '5.1.1 There is no such mailbox here'))
      if (envelope.rcptTo.length >= maxRecipients) return done(answer(452, '4.5.3 Too many recipients'))
      return done()
    },
    onData: (stream, session, done) => void takeAndAnswer(stream, session, { ...options, maxBytes, done }),
  }
}

function isReturnAddress(address: string): boolean {
  return /^(?:reply|bounce)\+[^@]+@/i.test(address)
}

interface TakeOptions extends MailListenerOptions {
  readonly maxBytes: number
}

async function takeAndAnswer(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  { done, ...options }: TakeOptions & { readonly done: (failure?: Error | null, text?: string) => void },
): Promise<void> {
  // A stream that breaks off has nobody left to answer, but the library wants to be told.
  const failure = await takeMail(stream, session, options).catch(() => later)
  done(failure, '2.0.0 Taken')
}

/** @returns the answer for the sending server, or null when the mail was taken */
async function takeMail(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  options: TakeOptions,
): Promise<Error | null> {
  const raw = await readUpTo(stream, options.maxBytes)
  if (raw === undefined) return answer(552, '5.3.4 The mail is too large')
  const { mailFrom, rcptTo } = session.envelope
  const from = mailFrom === false ? '' : mailFrom.address
  const { receive, receiveTimeoutMs: timeoutMs = 30_000 } = options
  for (const { address: to } of rcptTo) {
    const result = await handOver(raw, { receive, timeoutMs, envelope: { from, to } })
    if (result !== 'taken') return result === 'refused' ? refusal : later
  }
  return null
}

/** Reads to the end, as the protocol wants, but keeps no more than `maxBytes`. */
async function readUpTo(
  stream: SMTPServerDataStream,
  maxBytes: number,
): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
    else chunks.length = 0
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks)
}

const refusal = answer(554, '5.6.0 This mail cannot be taken')
const later = answer(451, '4.3.0 The mail could not be taken now; try again later')

function answer(responseCode: number, text: string): Error {
  return Object.assign(new InviteMeError('REQUEST_INVALID', text), { responseCode })
}
