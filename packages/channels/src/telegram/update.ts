import { z } from 'zod'

// What is used of the updates of Bot API 10.1 (seen 2026-11-22). Everything else in them is left alone, so that a newer
// Telegram is understood too.

/** Unix time in seconds; later than the year 2286 nothing happens. */
const seconds = z.int().min(0).max(9_999_999_999)

const user = z.object({
  id: z.int(),
  is_bot: z.boolean().optional(),
  language_code: z.string().max(35).optional(),
})

const chat = z.object({ id: z.int(), type: z.string() })

const entity = z.object({ type: z.string(), offset: z.int(), user: user.optional() })

const message = z.object({
  message_id: z.int(),
  date: seconds,
  edit_date: seconds.optional(),
  chat,
  from: user.optional(),
  /** Somebody who writes as a group or a channel: not a person. */
  sender_chat: z.object({ id: z.int() }).optional(),
  via_bot: z.object({ id: z.int() }).optional(),
  forward_origin: z.object({}).optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  reply_to_message: z
    .object({
      message_id: z.int(),
      from: user.optional(),
      entities: z.array(entity).optional(),
    })
    .optional(),
  migrate_to_chat_id: z.int().optional(),
  migrate_from_chat_id: z.int().optional(),
})

const callbackQuery = z.object({
  id: z.string().min(1).max(100),
  from: user,
  /** Also for messages too old to be read: then it has little but these. */
  message: z.object({ message_id: z.int(), chat }).optional(),
  data: z.string().max(256).optional(),
})

const pollAnswer = z.object({
  poll_id: z.string().min(1).max(100),
  user: user.optional(),
  option_ids: z.array(z.int().min(0).max(100)).max(100),
})

const myChatMember = z.object({
  chat,
  date: seconds,
  old_chat_member: z.object({ status: z.string() }),
  new_chat_member: z.object({ status: z.string() }),
})

/** An update of a kind we use; every other is read as one that has none of these. */
export const updateSchema = z.object({
  update_id: z.int(),
  message: message.optional(),
  edited_message: message.optional(),
  callback_query: callbackQuery.optional(),
  poll_answer: pollAnswer.optional(),
  my_chat_member: myChatMember.optional(),
})

/** See {@link updateSchema}. */
export type Update = z.infer<typeof updateSchema>
/** A message somebody wrote, or that tells something of its chat. */
export type TelegramMessage = z.infer<typeof message>
/** A button somebody pressed. */
export type CallbackQuery = z.infer<typeof callbackQuery>
/** A vote, or a vote taken back: then without options. */
export type PollAnswer = z.infer<typeof pollAnswer>
/** The bot was blocked, unblocked, added or removed. */
export type MyChatMember = z.infer<typeof myChatMember>

/** The kinds of updates to ask Telegram for: exactly those that are used. */
export const usedUpdates: readonly string[] = [
  'message',
  'edited_message',
  'callback_query',
  'poll_answer',
  'my_chat_member',
]
