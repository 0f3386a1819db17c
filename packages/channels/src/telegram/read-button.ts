import type { InboundFact } from '@invite-me/core/channel'
import { spellAddress } from './address.ts'
import { isForUser, readButtonData } from './button-data.ts'
import type { ReceiveOptions } from './receive-options.ts'
import { writeReplyPlace } from './reply-place.ts'
import type { CallbackQuery } from './update.ts'

/**
 * Reads a pressed button. Its token names the message; who pressed is taken from Telegram alone, and a button made for one
 * person is nobody else's. A button that is not ours is ignored, but answered all the same: the person's phone waits.
 */
export function readButton(
  { id, from, message, data = '' }: CallbackQuery,
  { botToken, nowMs }: Pick<ReceiveOptions, 'botToken' | 'nowMs'>,
): InboundFact {
  const place = { to: 'button', callbackId: id, language: from.language_code ?? 'en' } as const
  const base = { id: `button:${id}`, at: new Date(nowMs), replyTo: writeReplyPlace(place) }
  const button = readButtonData(data)
  if (message === undefined || button === undefined)
    return { ...base, kind: 'ignored', reason: 'the button is none of ours' }
  if (from.is_bot === true || !isForUser(button, botToken, from.id))
    return {
      ...base,
      replyTo: writeReplyPlace({ ...place, note: 'for_another' }),
      kind: 'ignored',
      reason: 'the button was made for somebody else',
    }
  const { answer, replyToken } = button
  const { chat } = message
  return {
    ...base,
    kind: 'answer',
    reference: { by: 'token', token: replyToken },
    input:
      answer.kind === 'value'
        ? { kind: 'option', value: answer.value }
        : { kind: 'text', text: String(answer.number) },
    from: chat.type === 'private' ? String(from.id) : spellAddress({ id: chat.id, user: from.id }),
  }
}
