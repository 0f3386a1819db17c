import type { OutboundMessage } from '@invite-me/core/channel'
import { oneLine } from '../shared/one-line.ts'
import { shortPhrasesFor } from '../shared/phrases.ts'
import { renderText } from '../shared/render-text.ts'
import { answerComponents, carriesAnswer, linkButton, row } from './components.ts'
import { escapeDiscord, escapeWithin } from './escape.ts'
import { discordWordsFor } from './words.ts'

/** Longest text of one message in characters (docs.discord.com/developers/resources/message, seen 2026-11-22). */
export const longestContent = 2_000

/** What Discord is given of a message. */
export interface DiscordContent {
  readonly content: string
  readonly components: readonly object[]
}

/**
 * Writes a question: its text, its buttons, and links to where it can also be answered and to where no more are wanted.
 *
 * @param canAnswer false when nothing Discord sends reaches us, so that only the link is left
 */
export function renderQuestion(message: OutboundMessage, canAnswer: boolean): DiscordContent {
  const isCarried = canAnswer && carriesAnswer(message)
  const { answer, links, locale } = message
  // A button says who comes, but not with how many.
  const needsPage =
    answer !== undefined && (!isCarried || (answer.spec.type === 'rsvp' && answer.spec.maxParty > 1))
  const toPage = linkButton(shortPhrasesFor(locale).answer, needsPage ? links.respond : undefined)
  const isInText = needsPage && toPage === undefined
  const buttons = [toPage, linkButton(discordWordsFor(locale).unsubscribe, links.unsubscribe)].filter(
    (button) => button !== undefined,
  )
  return {
    content: escapeDiscord(renderText(message, { answerBy: isInText ? 'link' : 'buttons' })),
    components: [
      ...(isCarried ? answerComponents(message) : []),
      ...(buttons.length > 0 ? [row(buttons)] : []),
    ],
  }
}

/** Writes a question that is over: without its buttons, with what became of it; where both do not fit its text is cut. */
export function renderEnd(message: OutboundMessage, notice: string): DiscordContent {
  const { answer: _over, ...rest } = message
  const end = `\n**${escapeDiscord(oneLine(notice))}**`
  const text = renderText(rest, { answerBy: 'link', links: false })
  return { content: `${escapeWithin(text, longestContent - end.length)}${end}`, components: [] }
}
