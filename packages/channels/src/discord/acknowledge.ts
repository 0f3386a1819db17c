import type { HandledFact } from '@invite-me/core/channel'
import { writeCustomId } from './custom-id.ts'
import { escapeWithin } from './escape.ts'
import { longestContent } from './render.ts'
import { readReplyTo, type ReplyTo } from './reply-to.ts'
import { discordWordsFor } from './words.ts'

/** Kinds of answers to an interaction (docs.discord.com, "Interaction Callback Type", seen 2026-11-22). */
const callback = { pong: 1, message: 4, nothing: 6, window: 9 } as const
/** Seen by the person alone. */
const ephemeral = 64
const component = { label: 18, textInput: 4 } as const
const textStyle = { short: 1, paragraph: 2 } as const
/** Longest answer a window takes. */
const longestAnswer = 4_000

/** Answers the interaction in the response to Discord's own request: no call of ours is needed. */
export function acknowledgeDiscord(handled: readonly HandledFact[]): Response | undefined {
  const [first] = handled
  if (first?.fact.replyTo === undefined) return undefined
  return Response.json(answerTo(readReplyTo(first.fact.replyTo), first.result.feedback))
}

function answerTo(replyTo: ReplyTo, feedback: string | null): object {
  switch (replyTo.kind) {
    case 'pong':
      return { type: callback.pong }
    case 'window':
      return { type: callback.window, data: windowFor(replyTo) }
    case 'word':
      if (feedback === null || feedback === '') return { type: callback.nothing }
      return {
        type: callback.message,
        data: {
          content: escapeWithin(feedback, longestContent),
          flags: ephemeral,
          allowed_mentions: { parse: [] },
        },
      }
  }
}

function windowFor({ isLong, locale, token }: Extract<ReplyTo, { kind: 'window' }>): object {
  const { yourAnswer } = discordWordsFor(locale)
  const field = {
    type: component.textInput,
    custom_id: 'answer',
    style: isLong ? textStyle.paragraph : textStyle.short,
    min_length: 1,
    max_length: longestAnswer,
    required: true,
  }
  return {
    custom_id: writeCustomId({ does: 'write', token }),
    title: yourAnswer,
    components: [{ type: component.label, label: yourAnswer, component: field }],
  }
}
