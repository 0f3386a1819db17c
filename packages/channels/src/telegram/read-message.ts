import { readConsentWord, type FactReference, type InboundFact } from '@invite-me/core/channel'
import { spellAddress } from './address.ts'
import type { ReceiveOptions } from './receive-options.ts'
import { messageReference } from './references.ts'
import { writeReplyPlace } from './reply-place.ts'
import type { TelegramMessage } from './update.ts'

/** Longest token of a link that starts the bot (Bot API, deep linking): letters, digits, `_` and `-`. */
export const startTokenPattern: RegExp = /^[A-Za-z0-9_-]{1,64}$/

const commandPattern = /^\/([a-z0-9_]{1,32})(?:@([a-z0-9_]{1,32}))?(?:\s+(.*))?$/isu

interface Said {
  readonly text: string
  readonly user: number
  readonly isPrivate: boolean
  readonly isEdited: boolean
}

type Base = Pick<InboundFact, 'id' | 'at' | 'replyTo'>

/**
 * Reads a message: an answer in words, a command, or news of the chat itself.
 *
 * @param editUpdateId number of the update when it is an edit: an edited answer is a further answer
 */
export async function readMessage(
  message: TelegramMessage,
  editUpdateId: number | undefined,
  options: ReceiveOptions,
): Promise<InboundFact> {
  const { chat, date, edit_date: editDate, from, message_id: messageId } = message
  const isEdited = editUpdateId !== undefined
  const name = messageReference(chat.id, messageId)
  const base: Base = {
    id: isEdited ? `edit:${name}:${String(editDate ?? date)}:${String(editUpdateId)}` : `message:${name}`,
    at: new Date((editDate ?? date) * 1_000),
    replyTo: writeReplyPlace({ to: 'message', chatId: chat.id, messageId }),
  }
  const ignored = (reason: string): InboundFact => ({ ...base, kind: 'ignored', reason })

  const move = readMove(message)
  if (move !== undefined) return { ...base, ...move, kind: 'moved' }
  if (from === undefined || from.is_bot === true || message.sender_chat !== undefined)
    return ignored('no person wrote it')
  if (message.forward_origin !== undefined || message.via_bot !== undefined)
    return ignored('the words are somebody else’s')
  const text = (message.text ?? message.caption ?? '').trim()
  if (text === '') return ignored('a message without words')
  const isPrivate = chat.type === 'private'
  const said: Said = { text, user: from.id, isPrivate, isEdited }
  const command = await readCommand(message, said, base, options)
  if (command !== undefined) return command
  return readWords(message, said, base, options) ?? ignored('it replies to nothing of ours')
}

/** A group that became a supergroup says so twice, in its old chat and in the new one. Both are the same fact. */
function readMove({
  chat,
  migrate_from_chat_id: from,
  migrate_to_chat_id: to,
}: TelegramMessage): { readonly id: string; readonly address: string; readonly to: string } | undefined {
  const [before, after] = to !== undefined ? [chat.id, to] : [from, chat.id]
  if (before === undefined || before === after) return undefined
  return { id: `moved:${String(before)}:${String(after)}`, address: String(before), to: String(after) }
}

/** Reads `/start`, `/start <token>` and `/stop`; other commands are no answers. @returns `undefined` when it is no command */
async function readCommand(
  { chat }: TelegramMessage,
  { text, user, isPrivate, isEdited }: Said,
  base: Base,
  { botName }: ReceiveOptions,
): Promise<InboundFact | undefined> {
  const [, command, addressee, rest = ''] = commandPattern.exec(text) ?? []
  if (command === undefined) return undefined
  const ignored = (reason: string): InboundFact => ({ ...base, kind: 'ignored', reason })
  if (isEdited) return ignored('a command that was edited later')
  if (addressee !== undefined && !isPrivate && addressee.toLowerCase() !== (await botName())?.toLowerCase())
    return ignored('a command for another bot')
  // In a group a person speaks for themselves only; who wants the bot out of it removes it.
  const address = isPrivate ? String(chat.id) : spellAddress({ id: chat.id, user })
  const token = rest.trim()
  switch (command.toLowerCase()) {
    case 'start':
      if (token === '') return { ...base, kind: 'opted_in', address }
      return startTokenPattern.test(token)
        ? // A link may also start the bot in a group: then it is the group that is connected.
          { ...base, kind: 'connected', token, address: String(chat.id) }
        : ignored('a start with something that is no token')
    case 'stop':
      return { ...base, kind: 'opted_out', address }
    default:
      return ignored('a command that is not known')
  }
}

function readWords(
  { chat, reply_to_message: repliedTo }: TelegramMessage,
  { text, user, isPrivate, isEdited }: Said,
  base: Base,
  { botToken }: ReceiveOptions,
): InboundFact | undefined {
  const isReply = repliedTo !== undefined && repliedTo.from?.id === botIdOf(botToken)
  if (isPrivate && !isEdited) {
    const wish = readConsentWord(text)
    if (wish === 'stop') return { ...base, kind: 'opted_out', address: String(chat.id) }
    // As a reply it may be the answer.
    if (wish === 'start' && !isReply) return { ...base, kind: 'opted_in', address: String(chat.id) }
  }
  const answer = (reference: FactReference): InboundFact => ({
    ...base,
    kind: 'answer',
    reference,
    input: { kind: 'text', text },
    from: isPrivate ? String(user) : spellAddress({ id: chat.id, user }),
  })
  if (isReply) {
    const [first] = repliedTo.entities ?? []
    const isForAnother =
      !isPrivate && first?.type === 'text_mention' && first.offset === 0 && first.user?.id !== user
    if (isForAnother) return { ...base, kind: 'ignored', reason: 'somebody else was asked' }
    const providerMessageId = messageReference(chat.id, repliedTo.message_id)
    return answer({ by: 'provider-message', providerMessageId })
  }
  // An old message that is edited later speaks of an old question, and only a reply says of which.
  return isPrivate && !isEdited ? answer({ by: 'address', address: String(chat.id) }) : undefined
}

/** A bot's own id is the number its token begins with. */
function botIdOf(botToken: string): number {
  return Number(botToken.split(':', 1)[0])
}
