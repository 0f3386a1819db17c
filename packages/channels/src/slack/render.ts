import type { OutboundMessage } from '@invite-me/core/channel'
import { oneLine } from '../shared/one-line.ts'
import { shortPhrasesFor } from '../shared/phrases.ts'
import { renderText } from '../shared/render-text.ts'
import { shortened } from '../shared/shortened.ts'
import { answerBlocks, carriesAnswer, longestLabel } from './answer-blocks.ts'

/** What Slack is given of a message. */
export interface SlackContent {
  /** For notifications and screen readers, in Slack's markup. */
  readonly text: string
  /** What people see (Block Kit). */
  readonly blocks: readonly object[]
}

/** Most characters of a section's text (docs.slack.dev/reference/block-kit/blocks/section-block, seen 2026-11-22). */
const mostInSection = 3_000

/**
 * Writes a question: its text, its buttons, and the link where it can also be answered.
 *
 * @param canAnswer false when nothing Slack sends reaches us, so that only the link is left
 */
export function renderQuestion(message: OutboundMessage, canAnswer: boolean): SlackContent {
  const buttons = canAnswer ? answerBlocks(message) : []
  const replies = canAnswer && carriesAnswer(message)
  const text = renderText(message, {
    answerBy: answerBy(message, { replies, buttons: buttons.length > 0 }),
    links: false,
  })
  const { respond } = message.links
  const needsLink = message.answer !== undefined && buttons.length === 0 && respond !== undefined
  return content(text, [
    ...buttons,
    ...(needsLink ? [linkBlock(respond, shortPhrasesFor(message.locale).answer)] : []),
  ])
}

/** Writes a question that is over: without its buttons, with what became of it. */
export function renderEnd(message: OutboundMessage, notice: string): SlackContent {
  const { answer: _over, ...rest } = message
  return content(renderText(rest, { answerBy: 'link', links: false }), [
    {
      type: 'context',
      elements: [{ type: 'plain_text', text: shortened(oneLine(notice), mostInSection), emoji: false }],
    },
  ])
}

/** Escapes what Slack's markup takes for mentions and links (docs.slack.dev/messaging/formatting-message-text). */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Buttons say enough, but for how many come and for labels that are too long for them: those need words. */
function answerBy(
  { answer }: OutboundMessage,
  { replies, buttons }: { readonly replies: boolean; readonly buttons: boolean },
): 'reply' | 'buttons' | 'link' {
  if (!replies || answer === undefined) return 'link'
  const { spec } = answer
  const wantsParty = spec.type === 'rsvp' && spec.maxParty > 1
  const isCut = spec.type === 'choice' && spec.options.some(({ label }) => label.length > longestLabel)
  return buttons && !wantsParty && !isCut ? 'buttons' : 'reply'
}

function content(text: string, after: readonly object[]): SlackContent {
  const sections = slices(text, mostInSection).map((slice) => ({
    type: 'section',
    // Words of people are no markup: as plain text they can neither mention nor link, and stay as they were written.
    text: { type: 'plain_text', text: slice, emoji: false },
  }))
  const [first = ''] = slices(text, mostInSection)
  return { text: escapeSlack(first), blocks: [...sections, ...after] }
}

/** The address is the portal's, the label a word of ours. */
function linkBlock(url: string, label: string): object {
  const text = `<${escapeSlack(url).replaceAll('|', '%7C')}|${escapeSlack(label)}>`
  return { type: 'section', text: { type: 'mrkdwn', text } }
}

/** Cuts a text into pieces, after a line where there is one, never within a character. */
function slices(text: string, most: number): readonly string[] {
  if (text.length <= most) return text.trim() === '' ? [] : [text]
  const line = text.lastIndexOf('\n', most - 1)
  const cut = line > most / 2 ? line + 1 : isPair(text, most) ? most - 1 : most
  return [...slices(text.slice(0, cut), most), ...slices(text.slice(cut), most)]
}

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at - 1) ?? 0) > 0xffff
}
