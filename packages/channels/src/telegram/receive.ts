import { createHmac } from 'node:crypto'
import { InviteMeError, type InboundFact } from '@invite-me/core/channel'
import { isSameSecret, readRawBody, refused } from '../shared/webhook.ts'
import { readButton } from './read-button.ts'
import { readMessage } from './read-message.ts'
import type { ReceiveOptions } from './receive-options.ts'
import { voteReference } from './references.ts'
import { updateSchema, type MyChatMember, type PollAnswer, type Update } from './update.ts'

/** The header Telegram shows its secret in (Bot API 10.1, `setWebhook`). */
export const secretHeader = 'x-telegram-bot-api-secret-token'

/** The secret by which our own poller hands over updates; who knows the bot's token knows it. */
export function pollingSecret(botToken: string): string {
  return createHmac('sha256', botToken).update('invite-me polling').digest('base64url')
}

/**
 * Turns one update into facts. Their ids are made of the ids of what happened (message, button press, vote), because
 * `update_id` begins anew at random after a quiet week (Bot API 10.1, `Update`).
 *
 * @throws InviteMeError `WEBHOOK_REFUSED` without the right secret, `BODY_TOO_LARGE`, `REQUEST_INVALID` when it is no update
 */
export async function receiveUpdate(
  request: Request,
  options: ReceiveOptions,
): Promise<readonly InboundFact[]> {
  const shown = request.headers.get(secretHeader) ?? ''
  const matches = options.secrets.map((secret) => isSameSecret(shown, secret))
  if (!matches.includes(true)) throw refused()
  const body = readJson(await readRawBody(request))
  const update = updateSchema.safeParse(body)
  if (update.success) return [await readUpdate(update.data, options)]
  const numbered = updateSchema.pick({ update_id: true }).safeParse(body)
  if (!numbered.success)
    throw new InviteMeError('REQUEST_INVALID', 'The body is no update of Telegram.', { field: 'body' })
  return [ignored(`update:${String(numbered.data.update_id)}`, options, 'an update of an unknown shape')]
}

function readJson(raw: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(raw))
  } catch {
    return undefined
  }
}

async function readUpdate(update: Update, options: ReceiveOptions): Promise<InboundFact> {
  if (update.message !== undefined) return readMessage(update.message, undefined, options)
  if (update.edited_message !== undefined)
    return readMessage(update.edited_message, update.update_id, options)
  if (update.callback_query !== undefined) return readButton(update.callback_query, options)
  if (update.poll_answer !== undefined) return readVote(update.poll_answer, update.update_id, options)
  if (update.my_chat_member !== undefined) return readMembership(update.my_chat_member, update.update_id)
  return ignored(`update:${String(update.update_id)}`, options, 'an update of a kind that is not used')
}

function ignored(id: string, { nowMs }: ReceiveOptions, reason: string): InboundFact {
  return { id, at: new Date(nowMs), kind: 'ignored', reason }
}

/** Votes tell the places of the options, from 0; the engine reads them as numbers, from 1. */
function readVote(
  { poll_id: pollId, user, option_ids: places }: PollAnswer,
  updateId: number,
  options: ReceiveOptions,
): InboundFact {
  const numbers = places.map((place) => place + 1).join(', ')
  // Nothing but the update's number tells a vote from the same vote cast again after another.
  const id = `vote:${pollId}:${String(user?.id)}:${numbers}:${String(updateId)}`
  if (user === undefined) return ignored(id, options, 'a vote in the name of a group')
  const base = {
    id,
    at: new Date(options.nowMs),
    reference: { by: 'provider-message', providerMessageId: voteReference(pollId, user.id) },
    from: String(user.id),
  } as const
  return places.length === 0
    ? { ...base, kind: 'withdrawn' }
    : { ...base, kind: 'answer', input: { kind: 'text', text: numbers } }
}

const present: readonly string[] = ['member', 'administrator', 'creator', 'restricted']

/** In a private chat a person blocks or unblocks the bot; in a group it is removed or added. */
function readMembership(
  { chat, date, old_chat_member: before, new_chat_member: after }: MyChatMember,
  updateId: number,
): InboundFact {
  const base = {
    id: `member:${String(chat.id)}:${String(date)}:${after.status}:${String(updateId)}`,
    at: new Date(date * 1_000),
  }
  const isPresent = present.includes(after.status)
  if (chat.type === 'channel' || present.includes(before.status) === isPresent)
    return { ...base, kind: 'ignored', reason: 'the bot may write there as before' }
  return { ...base, kind: isPresent ? 'opted_in' : 'opted_out', address: String(chat.id) }
}
