/** A chat, and the one person in it who is asked when it is a group. */
export interface TelegramChat {
  /** Telegram's id: a person's own when positive, a group's when negative. */
  readonly id: number
  /** Id of the only person in a group who may answer; absent when anybody may, and in private chats. */
  readonly user?: number
}

/** An address in its one spelling, or why it cannot be one; the reason never repeats the address. */
export type TelegramAddressResult =
  | { readonly ok: true; readonly address: string; readonly chat: TelegramChat }
  | { readonly ok: false; readonly reason: string }

/** Ids have at most 52 significant bits (Bot API 10.1, `Chat.id`, seen 2026-11-22). */
const largestId = 2 ** 52

const spelling = /^(-?[1-9]\d{0,15})(?::([1-9]\d{0,15}))?$/

/**
 * Reads the address of a chat.
 *
 * - `123456789` a private chat; its id is the person's own, so whoever writes there is the person
 * - `-1001234567890` a group; whoever answers first has answered, and the answer is marked as provisional
 * - `-1001234567890:123456789` one person in a group; nobody else's answer counts
 *
 * Names (`@ann`) are refused: a bot cannot write to a person by name.
 */
export function parseTelegramAddress(raw: string): TelegramAddressResult {
  if (raw.length > 60 || /[\p{Cc}\u2028\u2029]/u.test(raw)) return refuse('it is no chat id')
  const text = raw.trim()
  if (text.startsWith('@')) return refuse('give the number of the chat; a bot cannot write to a name')
  const [, chatText, userText] = spelling.exec(text) ?? []
  if (chatText === undefined) return refuse('it is no chat id')
  const id = Number(chatText)
  const user = userText === undefined ? undefined : Number(userText)
  if (Math.abs(id) > largestId || (user ?? 0) > largestId) return refuse('the number is too large')
  if (user !== undefined && id > 0) return refuse('only a group has a person behind the colon')
  const chat = { id, ...(user !== undefined && { user }) }
  return { ok: true, address: spellAddress(chat), chat }
}

/** Writes a chat the way {@link parseTelegramAddress} reads it. */
export function spellAddress({ id, user }: TelegramChat): string {
  return user === undefined ? String(id) : `${String(id)}:${String(user)}`
}

/** Whether several people see what is written there. */
export function isGroup({ id }: Pick<TelegramChat, 'id'>): boolean {
  return id < 0
}

function refuse(reason: string): TelegramAddressResult {
  return { ok: false, reason: `not a Telegram chat: ${reason}` }
}
