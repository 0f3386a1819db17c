import { isInviteMeError, type Channel, type Log } from '@invite-me/core/channel'
import type { Settings } from './config.ts'
import { readMailboxSettings, wrongMailbox } from './inbound-settings.ts'

/** What fetching answers needs. */
export interface PollOptions {
  /** The channel whose answers are fetched, as it was made from the settings. */
  readonly channel: Channel
  readonly settings: Settings
  /** Takes in one thing that was fetched; it is fetched again unless this resolves to a status below 400. */
  readonly receive: (request: Request) => Promise<Response>
  readonly log: Log
}

/** Answers that are being fetched. */
export interface Poll {
  /** May be called twice. */
  close(): Promise<void>
}

const starters = new Map<string, (options: PollOptions) => Promise<Poll>>([
  ['telegram', pollBot],
  ['email', pollReplies],
  ['smpp', holdLink],
])

/** Channels whose answers can be fetched, so that no public address is needed. */
export const pollableChannels: readonly string[] = [...starters.keys()]

/**
 * Begins to fetch the answers of a channel, one of {@link pollableChannels}; of any other nothing is fetched.
 *
 * @throws InviteMeError `OPTIONS_INVALID` naming the setting, `PEER_MISSING` when a library has to be installed
 */
export async function startPoll(options: PollOptions): Promise<Poll | undefined> {
  return starters.get(options.channel.name)?.(options)
}

async function pollBot({ settings, receive, log }: PollOptions): Promise<Poll> {
  const { pollTelegram } = await import('@invite-me/channels/telegram-polling')
  const { token, apiRoot } = settings.channels.get('telegram') ?? {}
  return pollTelegram({
    token: String(token),
    ...(typeof apiRoot === 'string' ? { apiRoot } : {}),
    receive,
    log,
  })
}

async function pollReplies({ settings, receive, log }: PollOptions): Promise<Poll> {
  const mailbox = readMailboxSettings(settings.mailbox)
  const { pollMailbox } = await import('@invite-me/channels/email-imap')
  try {
    return await pollMailbox({ ...mailbox, receive, log })
  } catch (error) {
    if (!isInviteMeError(error) || error.code !== 'OPTIONS_INVALID') throw error
    throw wrongMailbox(error.field ?? '', error.message.replace(/\.$/, ''), error)
  }
}

/** The operator brings answers over the link messages leave by; it has to be held for that. */
async function holdLink({ channel, receive, log }: PollOptions): Promise<Poll> {
  const { listenForSms } = await import('@invite-me/channels/smpp')
  return listenForSms(channel, { receive, log })
}
