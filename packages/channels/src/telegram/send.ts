import {
  isInviteMeError,
  type OutboundMessage,
  type SendContext,
  type SendOutcome,
} from '@invite-me/core/channel'
import { z } from 'zod'
import { outcomeOfSilence } from '../shared/http.ts'
import { isGroup, parseTelegramAddress, spellAddress, type TelegramChat } from './address.ts'
import type { BotMethods, BotReply, CallBot } from './bot-api.ts'
import { classifyRefusal, isAboutEntities } from './outcome.ts'
import { messageReference, voteReference } from './references.ts'
import { renderForTelegram, type MessagePayload, type Rendered } from './render.ts'

/** Longest text taken, in characters: it leaves room for what stands around it in a message of 4,096. */
export const maxTextLength = 3_500

/** A bot at work. */
export interface Bot {
  readonly call: CallBot
  readonly token: string
}

const sentSchema = z.object({ message_id: z.int(), poll: z.object({ id: z.string().max(100) }).optional() })

/** Sends one message. A group that was upgraded is written to under its new id, once. */
export async function sendByTelegram(
  message: OutboundMessage,
  { signal }: Pick<SendContext, 'signal'>,
  bot: Bot,
): Promise<SendOutcome> {
  const address = parseTelegramAddress(message.to.address)
  if (!address.ok)
    return { status: 'permanent_recipient', scope: 'recipient', detail: 'This is not a chat of Telegram.' }
  const rendered =
    message.content.text.length > maxTextLength
      ? undefined
      : renderForTelegram(message, address.chat, bot.token)
  if (rendered === undefined)
    return {
      status: 'permanent_content',
      scope: 'message',
      detail: 'The text is longer than Telegram takes.',
    }
  if (signal.aborted)
    return { status: 'retryable', scope: 'message', detail: 'It was called off before it was sent.' }
  return withoutThrowing(async () => {
    const { chat } = address
    const first = await post(rendered, chat, bot, signal)
    if (first.status !== 'refused' || first.migratedTo === undefined) return outcomeOf(first, chat)
    const moved: TelegramChat = { ...chat, id: first.migratedTo }
    const outcome = outcomeOf(await post(rendered, moved, bot, signal), moved)
    return outcome.status === 'accepted' ? { ...outcome, movedTo: spellAddress(moved) } : outcome
  })
}

/** Turns a missing grammY into an outcome: thrown, it would look as if the message might have left. */
export async function withoutThrowing(work: () => Promise<SendOutcome>): Promise<SendOutcome> {
  try {
    return await work()
  } catch (error) {
    if (!isInviteMeError(error) || error.code !== 'PEER_MISSING') throw error
    return { status: 'permanent_config', scope: 'provider', providerCode: error.code, detail: error.message }
  }
}

async function post(
  rendered: Rendered,
  { id }: TelegramChat,
  { call }: Bot,
  signal: AbortSignal,
): Promise<BotReply> {
  if (rendered.method === 'sendPoll')
    return call((methods) => methods.sendPoll({ chat_id: id, ...rendered.payload }, signal))
  return callWithText(call, rendered.payload, (methods, payload) =>
    methods.sendMessage({ chat_id: id, ...payload }, signal),
  )
}

/** Makes a call that carries a text; what Telegram cannot mark up goes out once more as plain text. */
export async function callWithText(
  call: CallBot,
  payload: MessagePayload,
  make: (methods: BotMethods, payload: object) => Promise<unknown>,
): Promise<BotReply> {
  const reply = await call((methods) => make(methods, payload))
  const { entities, ...plain } = payload
  const isRefused = reply.status === 'refused' && entities !== undefined && isAboutEntities(reply)
  return isRefused ? call((methods) => make(methods, plain)) : reply
}

function outcomeOf(reply: BotReply, chat: TelegramChat): SendOutcome {
  switch (reply.status) {
    case 'refused':
      return classifyRefusal(reply, isGroup(chat) ? 'group' : 'private')
    case 'silent':
      return outcomeOfSilence(reply.reply)
    case 'done': {
      const sent = sentSchema.safeParse(reply.result)
      if (!sent.success)
        return {
          status: 'permanent_config',
          scope: 'provider',
          detail: 'What answers there is not the Bot API.',
        }
      const { message_id: messageId, poll } = sent.data
      return {
        status: 'accepted',
        providerMessageId: messageReference(chat.id, messageId),
        ...(poll !== undefined && { otherIds: [voteReference(poll.id, chat.id)] }),
      }
    }
  }
}
