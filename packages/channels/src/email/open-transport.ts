import { InviteMeError } from '@invite-me/core/channel'
import type { MailTransport, SmtpConnectionClass } from './mail-transport.ts'
import type { EmailOptions } from './options.ts'
import { SmtpPool } from './smtp-pool.ts'

/**
 * Loads nodemailer and makes a pool; no connection is opened before the first mail.
 *
 * @throws InviteMeError `PEER_MISSING` when nodemailer is not installed
 */
export async function openTransport(options: EmailOptions): Promise<MailTransport> {
  const { auth } = options.smtp
  return new SmtpPool({
    Connection: options.smtpConnection ?? (await loadNodemailer()),
    connection: connectionOptions(options),
    auth,
    maxLines: options.connections,
    mailsPerLine: options.messagesPerConnection,
  })
}

async function loadNodemailer(): Promise<SmtpConnectionClass> {
  try {
    return (await import('nodemailer/lib/smtp-connection')).default
  } catch (cause) {
    throw new InviteMeError('PEER_MISSING', 'The e-mail channel needs nodemailer: run npm i nodemailer.', {
      cause,
    })
  }
}

function connectionOptions({ smtp, timeoutMs }: EmailOptions): object {
  const { auth: _auth, requireTls, ...server } = smtp
  return {
    ...server,
    requireTLS: requireTls,
    connectionTimeout: Math.min(10_000, timeoutMs),
    greetingTimeout: Math.min(10_000, timeoutMs),
    // Also the life of an idle connection.
    socketTimeout: timeoutMs,
    // Closing drops what was not written: a mail that was called off must not leave after all.
    socketCloseTimeout: 0,
  }
}
