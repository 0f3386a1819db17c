import { canBeNumbered, type AnswerSpec, type OutboundMessage } from '@invite-me/core/channel'
import { oneLine, visibleLabel } from '../shared/one-line.ts'
import { answerHint, renderText } from '../shared/render-text.ts'
import { shortened } from '../shared/shortened.ts'
import { isGroup, type TelegramChat } from './address.ts'
import { buttonData } from './button-data.ts'

/** Longest text of one message in characters (Bot API 10.1, `sendMessage.text`, seen 2026-11-22). */
export const longestMessage = 4_096
/** What a poll can hold (Bot API 10.1, `sendPoll`, seen 2026-11-22). */
const longestQuestion = 300
const longestOption = 100
const mostOptions = 12
/** Longest name a message in a group begins with; longer ones are cut. */
const longestName = 100
/** Keyboards up to this many bytes were never refused; the server's own limit is not written down anywhere. */
const largestKeyboard = 8_000
/** Labels up to this many characters together share a line. */
const widestRow = 24

/** A message as one call of the Bot API, without the chat it goes to. */
export type Rendered =
  | { readonly method: 'sendMessage'; readonly payload: MessagePayload }
  | { readonly method: 'sendPoll'; readonly payload: PollPayload }

/** What `sendMessage` and `editMessageText` have in common. */
export interface MessagePayload {
  readonly text: string
  /** Marks the name of the one person asked in a group. Without it the text is the same. */
  readonly entities?: readonly object[]
  readonly link_preview_options: { readonly is_disabled: true }
  readonly reply_markup?: object
}

interface PollPayload {
  readonly question: string
  readonly options: readonly { readonly text: string }[]
  readonly is_anonymous: false
  readonly allows_multiple_answers: boolean
}

/** How a question is answered in Telegram. */
export type AnswerWay = 'poll' | 'buttons' | 'reply' | 'link'

/**
 * Chooses how a question is answered. It goes by nothing but the question and the chat, so that an edit much later finds
 * the same.
 *
 * Polls are for private chats: in a group anybody could vote, and a vote does not say for whom. The votes of a poll are
 * numbers, so options that could be taken for numbers go on buttons, which carry their values.
 */
export function answerWay(spec: AnswerSpec, text: string, chat: TelegramChat): AnswerWay {
  switch (spec.type) {
    case 'yesNo':
    case 'rsvp':
      return 'buttons'
    case 'choice':
      if (!isGroup(chat) && fitsPoll(spec.options, text)) return 'poll'
      return spec.multiple ? 'reply' : 'buttons'
    case 'text':
    case 'number':
    case 'date':
      return 'reply'
    case 'form':
      return 'link'
  }
}

function fitsPoll(
  options: readonly { readonly value: string; readonly label: string }[],
  text: string,
): boolean {
  return (
    options.length <= mostOptions &&
    text.length <= longestQuestion &&
    options.every(({ label }) => label.length <= longestOption) &&
    canBeNumbered(options) &&
    canBeNumbered(options.map(({ value }) => ({ label: value })))
  )
}

/**
 * Writes a message for a chat.
 *
 * @param botToken signs the buttons
 * @returns `undefined` when it is longer than Telegram takes, with the options and all
 */
export function renderForTelegram(
  message: OutboundMessage,
  chat: TelegramChat,
  botToken: string,
): Rendered | undefined {
  const spec = message.answer?.spec
  if (spec === undefined)
    return sendMessage(message, chat, { text: renderText(message, { answerBy: 'link' }) })
  const way = answerWay(spec, message.content.text, chat)
  if (way === 'poll' && spec.type === 'choice') return sendPoll(message, spec)
  if (way === 'link') return sendMessage(message, chat, { text: renderText(message, { answerBy: 'link' }) })
  const keyboard = way === 'buttons' ? keyboardFor(message, chat, botToken) : undefined
  if (keyboard === undefined)
    return sendMessage(message, chat, {
      text: renderText(message, { answerBy: 'reply' }),
      shorter: renderText(message, { answerBy: 'reply', links: false }),
      markup: forceReply(chat),
    })
  return sendMessage(message, chat, { text: besideButtons(message), markup: keyboard })
}

/** The message alone, as it stands when its question is over; when both are too long, the message is cut and not its end. */
export function renderOver(message: OutboundMessage, chat: TelegramChat, notice: string): MessagePayload {
  const { answer: _over, until: _past, ...rest } = message
  const { start, ...addressed } = addressedTo(message, chat)
  const end = `\n\n${oneLine(notice)}`
  const text = renderText({ ...rest, until: null }, { answerBy: 'buttons', links: false })
  const room = longestMessage - start.length - end.length
  return { text: `${start}${shortened(text, room)}${end}`, ...addressed }
}

function sendPoll(message: OutboundMessage, spec: AnswerSpec & { type: 'choice' }): Rendered {
  const full = renderText(message, { answerBy: 'buttons', links: false })
  return {
    method: 'sendPoll',
    payload: {
      question: full.length <= longestQuestion ? full : message.content.text,
      options: spec.options.map(({ label }) => ({ text: visibleLabel(label) })),
      // An anonymous poll tells nobody who voted.
      is_anonymous: false,
      allows_multiple_answers: spec.multiple,
    },
  }
}

interface Parts {
  readonly text: string
  /** Taken when `text` is too long. */
  readonly shorter?: string
  readonly markup?: object | undefined
}

function sendMessage(
  message: OutboundMessage,
  chat: TelegramChat,
  { text, shorter = text, markup }: Parts,
): Extract<Rendered, { method: 'sendMessage' }> | undefined {
  const { start, ...addressed } = addressedTo(message, chat)
  const fitting = [text, shorter].find((one) => start.length + one.length <= longestMessage)
  if (fitting === undefined) return undefined
  return {
    method: 'sendMessage',
    payload: {
      text: `${start}${fitting}`,
      ...addressed,
      ...(markup !== undefined && { reply_markup: markup }),
    },
  }
}

/**
 * In a group the message begins with the name of the one asked, as a link to them: they are notified, and a reply in words
 * tells whom it was for.
 */
function addressedTo(
  { to }: OutboundMessage,
  { user }: TelegramChat,
): Omit<MessagePayload, 'text' | 'reply_markup'> & { readonly start: string } {
  // A preview would fetch the page of the answer, and show the question twice.
  const link_preview_options = { is_disabled: true } as const
  if (user === undefined) return { start: '', link_preview_options }
  const name = shortened(oneLine(to.name ?? ''), longestName) || '👤'
  const entity = { type: 'text_mention', offset: 0, length: name.length, user: { id: user } }
  return { start: `${name}\n`, entities: [entity], link_preview_options }
}

/** In an open group everybody would be made to reply. */
function forceReply(chat: TelegramChat): object | undefined {
  if (!isGroup(chat)) return { force_reply: true }
  return chat.user === undefined ? undefined : { force_reply: true, selective: true }
}

function besideButtons(message: OutboundMessage): string {
  const text = renderText(message, { answerBy: 'buttons', links: false })
  const spec = message.answer?.spec
  // Buttons cannot count; how many come is told in words.
  const isParty = spec?.type === 'rsvp' && spec.maxParty > 1
  const hint = isParty ? answerHint(spec, message.locale) : undefined
  return hint === undefined ? text : `${text}\n${hint}`
}

/** The buttons; `undefined` when they do not fit, so that the options are listed instead. */
function keyboardFor(
  { answer, replyToken }: OutboundMessage,
  { user, ...chat }: TelegramChat,
  botToken: string,
): object | undefined {
  if (answer === undefined || answer.actions.length === 0 || replyToken === undefined) return undefined
  const { actions, spec } = answer
  const only = user ?? (isGroup(chat) ? undefined : chat.id)
  const values = actions.map(({ value }) => value)
  const isNumerable = spec.type === 'choice' && canBeNumbered(spec.options)
  const data = buttonData({ botToken, replyToken, user: only }, values, isNumerable)
  if (data === undefined) return undefined
  const buttons = actions.map(({ label }, index) => ({
    text: visibleLabel(label),
    callback_data: data[index] ?? '',
  }))
  const isNarrow = buttons.reduce((width, { text }) => width + text.length, 0) <= widestRow
  const keyboard = { inline_keyboard: isNarrow ? [buttons] : buttons.map((button) => [button]) }
  return Buffer.byteLength(JSON.stringify(keyboard)) <= largestKeyboard ? keyboard : undefined
}
