import type { MessageEdit, SendContext, SendOutcome } from '@invite-me/core/channel'
import { outcomeOfSilence } from '../shared/http.ts'
import { isGroup, parseTelegramAddress, type TelegramChat } from './address.ts'
import type { BotReply } from './bot-api.ts'
import { classifyRefusal, isNothingToEdit } from './outcome.ts'
import { readMessageReference } from './references.ts'
import { answerWay, renderOver } from './render.ts'
import { callWithText, withoutThrowing, type Bot } from './send.ts'

/**
 * Closes a question where it stands: its buttons go and it says what became of it; a poll is stopped. A message that was
 * deleted, that stands so already, or that Telegram lets nobody change (one that asks for a reply in words) is done.
 */
export async function editByTelegram(
  { providerMessageId, message, notice, reason }: MessageEdit,
  { signal }: Pick<SendContext, 'signal'>,
  bot: Bot,
): Promise<SendOutcome> {
  const sent = readMessageReference(providerMessageId)
  const address = parseTelegramAddress(message.to.address)
  if (sent === undefined || !address.ok)
    return { status: 'permanent_content', scope: 'message', detail: 'This is no message of Telegram.' }
  // A question that is still open keeps its buttons.
  if (reason.kind === 'updated') return nothingToDo
  if (signal.aborted)
    return { status: 'retryable', scope: 'message', detail: 'It was called off before it was sent.' }
  // The group may have moved since; the message stays where it was written.
  const chat: TelegramChat = { ...address.chat, id: sent.chatId }
  const place = { chat_id: chat.id, message_id: sent.messageId }
  const spec = message.answer?.spec
  const isPoll = spec !== undefined && answerWay(spec, message.content.text, chat) === 'poll'
  const over = renderOver(message, chat, notice)
  // A vote can be taken back as long as the poll is open.
  if (isPoll && reason.kind === 'answered' && reason.via === 'telegram') return nothingToDo
  return withoutThrowing(async () => {
    if (isPoll) return outcomeOfEdit(await bot.call((methods) => methods.stopPoll(place, signal)), chat)
    const edited = await callWithText(bot.call, over, (methods, payload) =>
      // Left out, the buttons go as well; said outright, nobody has to know that.
      methods.editMessageText({ ...place, ...payload, reply_markup: { inline_keyboard: [] } }, signal),
    )
    return outcomeOfEdit(edited, chat)
  })
}

const nothingToDo: SendOutcome = { status: 'accepted', detail: 'There was nothing to change.' }

function outcomeOfEdit(reply: BotReply, chat: TelegramChat): SendOutcome {
  switch (reply.status) {
    case 'done':
      return { status: 'accepted' }
    case 'silent':
      return outcomeOfSilence(reply.reply)
    case 'refused':
      return isNothingToEdit(reply)
        ? nothingToDo
        : classifyRefusal(reply, isGroup(chat) ? 'group' : 'private')
  }
}
