import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'

/** One mail the sink took in full, whether or not it then said so. */
export interface SinkMail {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

/** Moments of a mail transaction, in order; `message` is after the last byte of the mail. */
export type SinkMoment = 'connect' | 'login' | 'sender' | 'recipient' | 'begin' | 'message'

/** What the sink does at one moment instead of going on. */
export type SinkFault =
  /** Answers `550 5.1.1 No such user`. */
  | { readonly at: SinkMoment; readonly reply: string }
  /** Cuts the connection without a word. */
  | { readonly at: SinkMoment; readonly act: 'drop' }
  /** Never answers. */
  | { readonly at: SinkMoment; readonly act: 'hold' }
  /** Takes the mail, answers 250, and cuts the connection. */
  | { readonly at: 'message'; readonly act: 'accept-then-drop' }

export interface SinkOptions {
  /** Asked for every transaction; `recipient` is empty before RCPT. Undefined lets it go on. */
  readonly fault?: (transaction: {
    readonly sender: string
    readonly recipient: string
    readonly moment: SinkMoment
  }) => SinkFault | undefined
  /** User name and password to insist on; default none are wanted. */
  readonly login?: { readonly user: string; readonly pass: string }
  /** Keeps the mails (default); `false` only counts them. */
  readonly keeps?: boolean
}

export interface SmtpSink {
  readonly port: number
  /** Mails accepted with 250, in order. */
  readonly mails: readonly SinkMail[]
  /** Mails received to the last byte, also those that were then refused or dropped. */
  readonly received: readonly SinkMail[]
  readonly counts: { accepted: number; connections: number }
  /** Resolves when so many mails are accepted; rejects after `timeoutMs` (default 5,000). */
  waitFor(count: number, timeoutMs?: number): Promise<readonly SinkMail[]>
  close(): Promise<void>
}

/** Starts a real SMTP server on loopback that fails by plan. */
export async function startSmtpSink({ fault, keeps = true, login }: SinkOptions = {}): Promise<SmtpSink> {
  const mails: SinkMail[] = []
  const received: SinkMail[] = []
  const counts = { accepted: 0, connections: 0 }
  const sockets = new Map<number, Socket>()
  const waiting = new Set<() => void>()

  const meet = (
    session: SMTPServerSession,
    moment: SinkMoment,
    recipient: string,
    goOn: (error?: Error | null) => void,
  ) => {
    const { mailFrom } = session.envelope
    const found = fault?.({ sender: mailFrom === false ? '' : mailFrom.address, recipient, moment })
    if (found?.at !== moment) return goOn()
    if ('reply' in found) return goOn(refusal(found.reply))
    if (found.act === 'drop') return void sockets.get(session.remotePort)?.destroy()
    if (found.act === 'hold') return undefined
    goOn()
    sockets.get(session.remotePort)?.destroySoon()
    return undefined
  }
  const recipientOf = ({ envelope }: SMTPServerSession) => envelope.rcptTo[0]?.address ?? ''

  const take = async (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ) => {
    const chunks: Buffer[] = []
    stream.on('error', () => {})
    const begun = fault?.({ sender: '', recipient: recipientOf(session), moment: 'begin' })
    if (begun?.at === 'begin') return meet(session, 'begin', recipientOf(session), done)
    for await (const chunk of stream as AsyncIterable<Buffer>) if (keeps) chunks.push(chunk)
    const { mailFrom, rcptTo } = session.envelope
    const mail = {
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      raw: Buffer.concat(chunks).toString(),
    }
    if (keeps) received.push(mail)
    meet(session, 'message', recipientOf(session), (error) => {
      if (!error) {
        if (keeps) mails.push(mail)
        counts.accepted += 1
        for (const look of waiting) look()
      }
      done(error)
    })
    return undefined
  }

  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: login === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 10,
    onConnect: (session, done) => meet(session, 'connect', '', done),
    onAuth: ({ password, username }, session, done) => {
      meet(session, 'login', '', (error) => {
        if (error) return done(error)
        const isRight = username === login?.user && password === login?.pass
        return isRight
          ? done(null, { user: username })
          : done(refusal('535 5.7.8 Authentication credentials invalid'))
      })
    },
    onMailFrom: ({ address }, session, done) => {
      const envelope = { ...session.envelope, mailFrom: { address, args: {} } }
      meet({ ...session, envelope }, 'sender', '', done)
    },
    onRcptTo: ({ address }, session, done) => meet(session, 'recipient', address, done),
    onData: (stream, session, done) => void take(stream, session, done).catch(() => {}),
  })
  server.on('error', () => {})
  server.server.on('connection', (socket: Socket) => {
    counts.connections += 1
    const { remotePort } = socket
    if (remotePort === undefined) return
    sockets.set(remotePort, socket)
    socket.once('close', () => sockets.delete(remotePort))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    received,
    counts,
    waitFor: (count, timeoutMs = 5_000) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer)
          waiting.delete(look)
        }
        const look = () => {
          if (counts.accepted < count) return
          end()
          resolve(mails)
        }
        const timer = setTimeout(() => {
          end()
          reject(new Error(`${counts.accepted} of ${count} mails after ${timeoutMs} ms`))
        }, timeoutMs)
        waiting.add(look)
        look()
      }),
    close: async () => {
      for (const socket of sockets.values()) socket.destroy()
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

function refusal(reply: string): Error {
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) })
}
