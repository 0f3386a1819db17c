import type { HandledFact, ReceiveContext } from '@invite-me/core/channel'
import { shortened } from '../shared/shortened.ts'
import type { CallBot } from './bot-api.ts'
import { buttonPhrasesFor } from './phrases.ts'
import { longestMessage } from './render.ts'
import { readReplyPlace, type ReplyPlace } from './reply-place.ts'

/** Longest text beside a pressed button (Bot API 10.1, `answerCallbackQuery`, seen 2026-11-22). */
const longestNote = 200
/** Telegram waits for the answer to its webhook meanwhile. */
const patienceMs = 4_000

/**
 * Tells people what became of what they did: every pressed button is answered, since the phone shows it as busy until then,
 * and words that counted or came too late get a reply. What was not understood the engine asks back itself.
 *
 * @returns 200, whatever became of the telling: the facts are recorded, and Telegram must not send them again
 */
export async function acknowledgeUpdate(
  handled: readonly HandledFact[],
  { clock, log }: ReceiveContext,
  call: CallBot,
): Promise<Response> {
  const controller = new AbortController()
  const callOff = clock.schedule(patienceMs, () => controller.abort())
  try {
    await Promise.all(handled.map((one) => tell(one, call, controller.signal)))
  } catch {
    // Only a missing grammY comes here, and it is told with every send.
    log.warn('Telegram: a person could not be told what became of their answer.')
  } finally {
    callOff()
  }
  return new Response(null, { status: 200 })
}

async function tell(handled: HandledFact, call: CallBot, signal: AbortSignal): Promise<void> {
  const { replyTo } = handled.fact
  if (replyTo === undefined) return
  const place = readReplyPlace(replyTo)
  // A press that is too old cannot be answered, and a chat may be gone: nobody waits any more, so a refusal is no trouble.
  if (place.to === 'button') {
    const text = noteFor(place, handled)
    await call((methods) =>
      methods.answerCallbackQuery(buttonAnswer(place.callbackId, text, handled), signal),
    )
    return
  }
  const text = wordsFor(handled)
  if (text === undefined) return
  await call((methods) =>
    methods.sendMessage(
      {
        chat_id: place.chatId,
        text,
        reply_parameters: { message_id: place.messageId, allow_sending_without_reply: true },
        link_preview_options: { is_disabled: true },
      },
      signal,
    ),
  )
}

function buttonAnswer(callbackId: string, text: string | undefined, { result }: HandledFact): object {
  return {
    callback_query_id: callbackId,
    ...(text !== undefined && {
      text: shortened(text, longestNote),
      // What needs another try stays until it is read; good news passes by.
      show_alert: result.answer !== 'counted' && result.answer !== 'repeated',
    }),
  }
}

function noteFor(
  { language, note }: ReplyPlace & { to: 'button' },
  { fact, result }: HandledFact,
): string | undefined {
  const phrases = buttonPhrasesFor(language)
  if (note === 'for_another') return phrases.forAnother
  if (result.feedback !== null) return result.feedback
  return fact.kind === 'answer' && result.result === 'unmatched' ? phrases.closed : undefined
}

function wordsFor({ fact, result }: HandledFact): string | undefined {
  if (result.result !== 'recorded' || result.feedback === null) return undefined
  const isAskedBack = fact.kind === 'answer' && result.answer !== 'counted' && result.answer !== 'late'
  return isAskedBack ? undefined : shortened(result.feedback, longestMessage)
}
