import { InviteMeError } from '@invite-me/core/channel'

/** Where the mailbox is and who may read it. */
export interface MailboxServer {
  readonly host: string
  /** Default 993 with `secure`, else 143. */
  readonly port?: number
  /** TLS from the first byte; default true. Without it STARTTLS is used where the server offers it. */
  readonly secure?: boolean
  /** Without `secure`: refuse to log in when the connection cannot be encrypted; default false. */
  readonly requireTls?: boolean
  /** How the server's certificate is checked; by default strictly. */
  readonly tls?: {
    readonly rejectUnauthorized?: boolean
    readonly servername?: string
    readonly ca?: string
  }
  /** A password, or an OAuth access token; give a function when tokens run out: it is called for every connection. */
  readonly auth:
    | { readonly user: string; readonly pass: string }
    | { readonly user: string; readonly accessToken: string | (() => Promise<string>) }
  /** Default `INBOX`. */
  readonly mailbox?: string
  /** The imapflow module to use; default: the installed one. */
  readonly imapflow?: MailboxLibrary
}

/** What is used of imapflow; its module has this shape. */
export interface MailboxLibrary {
  readonly ImapFlow: new (options: object) => MailboxClient
}

/** What is used of a connection of imapflow. */
export interface MailboxClient {
  on(event: 'error' | 'close' | 'exists', listener: () => void): unknown
  connect(): Promise<void>
  mailboxOpen(
    path: string,
  ): Promise<{ readonly readOnly?: boolean | undefined; readonly uidValidity: bigint }>
  mailboxCreate(path: string): Promise<unknown>
  search(query: { readonly seen: boolean }, options: { readonly uid: true }): Promise<unknown>
  fetchOne(
    uid: string,
    query: { readonly size: true; readonly source: { readonly maxLength: number } },
    options: { readonly uid: true },
  ): Promise<
    { readonly size?: number | undefined; readonly source?: Uint8Array | undefined } | false | undefined
  >
  messageFlagsAdd(uid: string, flags: string[], options: { readonly uid: true }): Promise<boolean>
  messageMove(uid: string, folder: string, options: { readonly uid: true }): Promise<unknown>
  logout(): Promise<void>
  close(): void
}

/** An open mailbox. */
export interface OpenMailbox {
  readonly client: MailboxClient
  /** Ids of mails mean something together with this number only (RFC 3501 §2.3.1.1). */
  readonly uidValidity: bigint
}

/** What to do when something happens to an open mailbox. */
export interface MailboxEvents {
  /** New mail may be there, or the connection is gone. */
  readonly onChange: () => void
  /** The connection is gone. */
  readonly onGone: () => void
}

/**
 * Loads imapflow, unless the options bring it.
 *
 * @throws InviteMeError `PEER_MISSING` when it is not installed
 */
export async function loadMailboxLibrary({ imapflow }: MailboxServer): Promise<MailboxLibrary> {
  if (imapflow !== undefined) return imapflow
  try {
    return await import('imapflow')
  } catch (cause) {
    throw new InviteMeError('PEER_MISSING', 'Reading a mailbox needs imapflow: run npm i imapflow.', {
      cause,
    })
  }
}

/**
 * Connects, logs in and opens the mailbox.
 *
 * @throws InviteMeError `OPTIONS_INVALID` for a login that is refused (field `auth`) and a mailbox that is not there or
 *   cannot be written (field `mailbox`); anything else is trouble with the network or the server, and may pass
 */
export async function openMailbox(
  library: MailboxLibrary,
  server: MailboxServer,
  { idleAfterMs, silenceMs, ...events }: MailboxEvents & MailboxTimes,
): Promise<OpenMailbox> {
  const { auth, host, mailbox = 'INBOX', requireTls = false, secure = true, tls } = server
  const client = new library.ImapFlow({
    host,
    port: server.port ?? (secure ? 993 : 143),
    secure,
    ...(requireTls && !secure ? { doSTARTTLS: true } : {}),
    ...(tls === undefined ? {} : { tls }),
    auth: await loginOf(auth),
    // What it would log holds addresses and what servers wrote.
    logger: false,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: silenceMs,
    autoIdleDelay: idleAfterMs,
    maxLiteralSize: 64_000_000,
    maxResponseSize: 65_000_000,
    maxLineLength: 10_000_000,
  })
  // Every failure closes the connection too; without a listener it would end the process.
  client.on('error', () => {})
  client.on('exists', events.onChange)
  client.on('close', events.onGone)
  try {
    await client.connect()
    const { readOnly = false, uidValidity } = await open(client, mailbox)
    if (readOnly)
      throw wrong('mailbox', `The mailbox cannot be written, so nothing can be marked as read in it.`)
    return { client, uidValidity }
  } catch (error) {
    client.close()
    if (isLoginRefused(error)) throw wrong('auth', 'The mail server refuses the login of the mailbox.')
    throw error
  }
}

/** How patient a connection is, in milliseconds. */
export interface MailboxTimes {
  /** Pause after which the server is asked to call when mail comes. */
  readonly idleAfterMs: number
  /** Longest silence of the server. */
  readonly silenceMs: number
}

async function open(client: MailboxClient, mailbox: string): ReturnType<MailboxClient['mailboxOpen']> {
  try {
    return await client.mailboxOpen(mailbox)
  } catch (error) {
    const { mailboxMissing, responseStatus } = Object(error) as Readonly<Record<string, unknown>>
    if (mailboxMissing === true || responseStatus === 'NO')
      throw wrong('mailbox', 'The mail server has no such mailbox, or does not let us open it.')
    throw error
  }
}

async function loginOf(auth: MailboxServer['auth']): Promise<object> {
  if ('pass' in auth) return { user: auth.user, pass: auth.pass }
  const { accessToken } = auth
  return { user: auth.user, accessToken: typeof accessToken === 'string' ? accessToken : await accessToken() }
}

function isLoginRefused(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'authenticationFailed' in error
}

// Without its cause: the library's errors repeat what the server wrote.
function wrong(field: 'auth' | 'mailbox', message: string): InviteMeError {
  return new InviteMeError('OPTIONS_INVALID', message, { field })
}
