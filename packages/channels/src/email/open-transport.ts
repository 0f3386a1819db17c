import { Transform, type Readable } from 'node:stream'
import { InviteMeError } from '@invite-me/core/channel'
import type { ComposedEmail } from './compose.ts'
import type { Departure, MailLibrary, MailTransport, MailUnderWay } from './mail-transport.ts'
import type { EmailOptions } from './options.ts'

/** A message together with what is needed to call it off and to know how far it got. */
export interface Sending extends ComposedEmail {
  readonly signal: AbortSignal
  readonly departure: Departure
}

/**
 * Opens a pooled transport; no connection is made before the first message.
 *
 * @throws InviteMeError `PEER_MISSING` when nodemailer is not installed
 */
export async function openTransport(options: EmailOptions): Promise<MailTransport> {
  const library = options.nodemailer ?? (await loadNodemailer())
  const transport = library.createTransport(transportOptions(options))
  transport.use('stream', watchDeparture)
  return transport
}

async function loadNodemailer(): Promise<MailLibrary> {
  try {
    return await import('nodemailer')
  } catch (cause) {
    throw new InviteMeError('PEER_MISSING', 'The e-mail channel needs nodemailer: run npm i nodemailer.', {
      cause,
    })
  }
}

/** Signed beside what the library signs by itself: RFC 8058 §4 wants both unsubscribe headers covered. */
const signedHeaders =
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:' +
  'In-Reply-To:References:List-Unsubscribe:List-Unsubscribe-Post:Auto-Submitted'

function transportOptions({
  connections,
  dkim,
  messagesPerConnection,
  smtp,
  timeoutMs,
}: EmailOptions): object {
  const { requireTls, ...server } = smtp
  return {
    ...server,
    pool: true,
    requireTLS: requireTls,
    maxConnections: connections,
    maxMessages: messagesPerConnection,
    // The library sends again only while not a byte of the message has left; more patience is the engine's part.
    maxRequeues: 2,
    connectionTimeout: Math.min(10_000, timeoutMs),
    greetingTimeout: Math.min(10_000, timeoutMs),
    socketTimeout: timeoutMs,
    // Without these, content that looks like a file or an address is fetched into the message.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(dkim === undefined ? {} : { dkim: { ...dkim, headerFieldNames: signedHeaders } }),
  }
}

function watchDeparture(mail: MailUnderWay, done: () => void): void {
  const { departure } = mail.data as Partial<Sending>
  if (departure !== undefined) {
    const createReadStream = mail.message.createReadStream.bind(mail.message)
    mail.message.createReadStream = (options) => {
      const stream = inOnePiece(createReadStream(options))
      departure.stream = stream
      return stream
    }
  }
  done()
}

/** The library writes a message in some twenty parts; each would leave as a packet of its own. */
function inOnePiece(parts: Readable): Readable {
  const chunks: Buffer[] = []
  const whole = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      chunks.push(chunk)
      next()
    },
    flush(end) {
      end(null, Buffer.concat(chunks))
    },
  })
  parts.once('error', (error) => whole.destroy(error))
  return parts.pipe(whole)
}
