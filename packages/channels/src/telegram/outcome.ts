import type { SendOutcome } from '@invite-me/core/channel'
import type { BotRefusal } from './bot-api.ts'

/** The outcomes a refusal can have. */
export type RefusedOutcome = Exclude<SendOutcome, { status: 'accepted' | 'unknown' }>

/** Longest pause believed; the Bot API server itself never asks for more than an hour (tdlib/telegram-bot-api, WebhookActor). */
const longestPauseMs = 3_600_000
/** Pause when Telegram names none. */
const usualPauseMs = 5_000

/** A refusal without what every outcome carries. */
type Verdict = Exclude<RefusedOutcome, { status: 'rate_limited' }>

const deadChat = recipient('Telegram knows no such chat, or the person has not started the bot.')
const closedChat = recipient('The bot may not write in this chat.')
const leftChat = recipient('The bot is no longer in this group.')
const goneUser = recipient('The account of this person is deleted.')
const blocked: Verdict = {
  status: 'opted_out',
  scope: 'recipient',
  detail: 'The person has blocked the bot.',
}
const badContent = content('Telegram does not take this message.')
const tooLong = content('The message is longer than Telegram takes.')
const badToken = config('sender', 'Telegram does not know this bot token.')
const twoPollers = config('sender', 'Another program fetches the updates of this bot.')
const hasWebhook = config(
  'sender',
  'The bot has a webhook, so its updates cannot be polled; deleteWebhook ends that.',
)
const notTelegram = config('provider', 'What answers there is not the Bot API.')

function recipient(detail: string): Verdict {
  return { status: 'permanent_recipient', scope: 'recipient', detail }
}
function content(detail: string): Verdict {
  return { status: 'permanent_content', scope: 'message', detail }
}
function config(scope: 'sender' | 'provider', detail: string): Verdict {
  return { status: 'permanent_config', scope, detail }
}

/**
 * What a description means, whatever the code it comes with; the first that fits counts. Texts of the server's source
 * (tdlib/telegram-bot-api, Client.cpp, v10.0, seen 2026-11-22); those in capitals are Telegram's own, which the server
 * passes on when it has no words for them.
 */
const byDescription: readonly (readonly [RegExp, Verdict])[] = [
  [/^bot was blocked by the user|^USER_IS_BLOCKED/, blocked],
  [/^user is deactivated|^INPUT_USER_DEACTIVATED/, goneUser],
  [
    /^bot was kicked|^bot is not a member|^the (?:super)?group chat was deleted|^the channel chat was deleted/,
    leftChat,
  ],
  [/^group chat was (?:upgraded|deactivated)/, leftChat],
  [/^bots? can't (?:initiate conversation|send messages to (?:bots|the user))/, deadChat],
  [
    /^(?:chat|user) not found|^chat_id is empty|^invalid chat_id|^PEER_ID_INVALID|^CHANNEL_(?:INVALID|PRIVATE)/,
    deadChat,
  ],
  [/^(?:have no|not enough) rights|^need administrator rights|^CHAT_\w*(?:FORBIDDEN|RESTRICTED)/, closedChat],
  [/^USER_BANNED_IN_CHANNEL|^TOPIC_(?:CLOSED|DELETED)|^message thread not found/, closedChat],
  [/^can't use getUpdates method while webhook is active/, hasWebhook],
  [/^(?:message|text) is too long|^reply markup is too long|^MESSAGE_TOO_LONG/i, tooLong],
]

/** What the other refusals of each code mean. */
const byCode: Readonly<Record<number, Verdict>> = {
  400: badContent,
  401: badToken,
  403: closedChat,
  404: badToken,
  409: twoPollers,
  413: tooLong,
  421: config('sender', 'This Bot API server does not serve this bot.'),
}

/**
 * Says what a refusal means for the message, the chat and the bot.
 *
 * @param place a group's pause is laid to the group: its limit of 20 a minute is met long before that of the whole bot. A
 *   private chat's is laid to the bot, since Telegram does not say which of the limits was met
 * @returns details are sentences of ours; nothing of what Telegram wrote is repeated but the code
 */
export function classifyRefusal(refusal: BotRefusal, place: 'private' | 'group'): RefusedOutcome {
  const { code } = refusal
  const providerCode = String(code)
  if (code === 429 || code === 420)
    return {
      status: 'rate_limited',
      scope: place === 'group' ? 'recipient' : 'sender',
      retryAfterMs: pauseMs(refusal),
      providerCode,
      detail: 'Telegram asks to send more slowly.',
    }
  if (code >= 500)
    return { status: 'retryable', scope: 'provider', providerCode, detail: 'Telegram is out of order.' }
  const said = bareDescription(refusal)
  const [, verdict = byCode[code] ?? notTelegram] =
    byDescription.find(([pattern]) => said !== '' && pattern.test(said)) ?? []
  return { ...verdict, providerCode }
}

/** The description without the name of its status: `chat not found` of `Bad Request: chat not found`. */
export function bareDescription({ description }: Pick<BotRefusal, 'description'>): string {
  return description.replace(/^(?:Bad Request|Forbidden|Unauthorized|Not Found|Conflict): /, '')
}

/** Whether a refusal is about the marking of bold text and names; the text alone may still be taken. */
export function isAboutEntities(refusal: BotRefusal): boolean {
  return refusal.code === 400 && /^can't parse|\bentit(?:y|ies)\b|^ENTIT/i.test(bareDescription(refusal))
}

/** Whether there is nothing left to edit: it is as it should be, was closed, was deleted, or never had buttons. */
export function isNothingToEdit(refusal: BotRefusal): boolean {
  return (
    refusal.code === 400 &&
    /^message is not modified|^message to edit not found|^message can't be edited|^MESSAGE_ID_INVALID|^message with poll to stop not found|^poll has already been closed|^group chat was upgraded/.test(
      bareDescription(refusal),
    )
  )
}

function pauseMs({ retryAfterSeconds }: BotRefusal): number {
  if (retryAfterSeconds === undefined || !(retryAfterSeconds > 0)) return usualPauseMs
  return Math.min(Math.ceil(retryAfterSeconds * 1_000), longestPauseMs)
}
