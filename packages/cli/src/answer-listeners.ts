import type { InviteMe } from '@invite-me/core'
import { InviteMeError, type Channel } from '@invite-me/core/channel'
import type { Settings } from './config.ts'
import { logTo } from './engine.ts'
import type { Session } from './session.ts'
import { pollableChannels, startPoll } from './start-poll.ts'

/** The ways answers can come in while a command waits. */
export interface ListenerFlags {
  readonly wait?: boolean
  readonly listenMail?: number
  readonly portalPort?: number
  readonly publicUrl?: string
  /** Channels whose answers are fetched. */
  readonly poll?: readonly string[]
}

/** The ways by which answers come in now. */
export interface OpenWays {
  /** Where the portal is served on this machine; `null` when it is not. */
  readonly portal: string | null
  /** Port replies by e-mail are taken on; `null` when none is. */
  readonly mailPort: number | null
  /** Channels whose answers are fetched. */
  readonly poll: readonly string[]
}

/** Listeners at work; they refuse until an engine is there to take what comes in. */
export interface AnswerListeners {
  /** Address under which people reach the portal; absent when none is served and none was named. */
  readonly portalUrl: string | undefined
  open(inviteMe: InviteMe): Promise<OpenWays>
  /** May be called twice. */
  close(): Promise<void>
}

/** What listeners are chosen by. */
export interface ListeningOptions {
  readonly settings: Settings
  /** The channels in use. */
  readonly channels: readonly Channel[]
  readonly flags: ListenerFlags
}

/**
 * Binds the ports on which answers come in.
 *
 * @throws InviteMeError `REQUEST_INVALID` when the flags do not fit together, `OPTIONS_INVALID` when a port cannot be had
 */
export async function listenForAnswers(
  session: Session,
  options: ListeningOptions,
): Promise<AnswerListeners> {
  const { channels, flags } = options
  refuseMisfits(channels, flags)
  const { output } = session
  const { portalPort, publicUrl } = flags
  const closers: (() => Promise<void>)[] = []
  const portal = portalPort === undefined ? undefined : await bindPortal(session, portalPort, publicUrl)
  if (portal !== undefined) closers.push(portal.close)
  return {
    portalUrl: publicUrl ?? portal?.url,
    open: async (inviteMe) => {
      if (portal !== undefined) {
        portal.serve(inviteMe)
        const address = publicUrl ?? portal.url
        output.remark(`People answer on ${address} (served on ${portal.url})`)
        remarkWebhooks(session, channels, address)
      }
      const mailPort = await openMail(session, inviteMe, { ...options, closers })
      await openPolls(session, inviteMe, { ...options, closers })
      remarkDeaf(session, options)
      return { portal: portal?.url ?? null, mailPort, poll: flags.poll ?? [] }
    },
    close: async () => {
      await Promise.all(closers.splice(0).map((close) => close()))
    },
  }
}

async function bindPortal(session: Session, port: number, publicUrl: string | undefined) {
  const { listenForPortal } = await import('./portal-listener.ts')
  return listenForPortal(port, publicUrl, logTo(session.output))
}

interface Closing {
  /** Gets what ends each way that was opened. */
  readonly closers: (() => Promise<void>)[]
}

async function openMail(
  { output }: Session,
  inviteMe: InviteMe,
  { settings, flags, closers }: Closing & ListeningOptions,
): Promise<number | null> {
  if (flags.listenMail === undefined) return null
  const { listenForReplies } = await import('./mail-listener.ts')
  const receive = (request: Request): Promise<Response> => inviteMe.handleWebhook('email', request)
  const { port, close } = await listenForReplies(flags.listenMail, settings.channels.get('email'), receive)
  closers.push(close)
  output.remark(`Replies by e-mail are taken on 127.0.0.1:${port}`)
  return port
}

async function openPolls(
  { output }: Session,
  inviteMe: InviteMe,
  { settings, channels, flags, closers }: Closing & ListeningOptions,
): Promise<void> {
  for (const channel of channels.filter(({ name }) => flags.poll?.includes(name) === true)) {
    const receive = (request: Request): Promise<Response> => inviteMe.handleWebhook(channel.name, request)
    const poll = await startPoll({ channel, settings, receive, log: logTo(output) })
    if (poll === undefined) continue
    closers.push(poll.close)
    output.remark(`Answers by ${channel.name} are fetched`)
  }
}

/** Says where providers are to report, for this cannot be guessed and must be set up with them. */
function remarkWebhooks({ output }: Session, channels: readonly Channel[], address: string): void {
  const names = channels.filter(({ receive }) => receive !== undefined).map(({ name }) => name)
  if (names.length === 0) return
  output.remark(`Providers report to ${address.replace(/\/+$/, '')}/webhooks/<channel>: ${names.join(', ')}`)
}

/** Says of channels whose answers only fetching can bring, as they are set up, that nobody here fetches them. */
function remarkDeaf({ output }: Session, { channels, settings, flags }: ListeningOptions): void {
  if (flags.wait !== true) return
  const deaf = (name: string, secret: string): boolean =>
    channels.some((channel) => channel.name === name && channel.supports.answers.length > 0) &&
    flags.poll?.includes(name) !== true &&
    settings.channels.get(name)?.[secret] === undefined
  // Without a secret, what Telegram itself posts is refused, and what another process takes from the operator too.
  if (deaf('telegram', 'webhookSecret')) {
    output.remark('Replies by Telegram are not taken in: add --poll telegram, or set a webhook.')
  }
  if (deaf('smpp', 'inboundSecret')) output.remark('Replies by SMS are not taken in: add --poll smpp.')
}

function refuseMisfits(
  channels: readonly Channel[],
  { wait, listenMail, portalPort, publicUrl, poll = [] }: ListenerFlags,
): void {
  if (wait !== true && (listenMail !== undefined || portalPort !== undefined || poll.length > 0)) {
    throw refuse('Answers can come in only while the command waits for them: add --wait.', '--wait')
  }
  if (publicUrl !== undefined && !(URL.canParse(publicUrl) && /^https?:/.test(publicUrl))) {
    throw refuse('The public address must be a URL such as https://answers.guests.test/.', '--public-url')
  }
  if (listenMail !== undefined && !isReceiving(channels, 'email')) {
    throw refuse(
      'Replies by e-mail belong to the channel email, which is not in use: set it up or add --via email.',
      '--listen-mail',
    )
  }
  for (const name of poll) refusePoll(channels, name)
}

function refusePoll(channels: readonly Channel[], name: string): void {
  if (!pollableChannels.includes(name)) {
    const known = pollableChannels.join(', ')
    throw refuse(`Answers by "${name}" cannot be fetched; those by ${known} can.`, '--poll')
  }
  if (!isReceiving(channels, name)) {
    throw refuse(`The channel ${name} is not in use: set it up or add --via ${name}.`, '--poll')
  }
}

function isReceiving(channels: readonly Channel[], wanted: string): boolean {
  return channels.some(({ name, receive }) => name === wanted && receive !== undefined)
}

function refuse(message: string, field: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', message, { field })
}
