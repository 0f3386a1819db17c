import {
  canBeNumbered,
  writeMoment,
  writeSpan,
  type AnswerOption,
  type AnswerSpec,
  type OutboundMessage,
} from '@invite-me/core/channel'
import { oneLine } from './one-line.ts'
import { replyHint, shortPhrasesFor, type ShortPhrases } from './phrases.ts'

/** How a medium takes the answer, and what it can show. */
export interface RenderTextOptions {
  /**
   * `reply` the person writes back: options are listed and a hint says how · `buttons` the medium shows buttons of its own:
   * nothing about answering but the deadline · `link` the answer is given on the page.
   */
  readonly answerBy: 'reply' | 'buttons' | 'link'
  /** False when the medium shows no links (default true). */
  readonly links?: boolean
  /** True to end with how to opt out by replying (default false). */
  readonly unsubscribeHint?: boolean
}

/**
 * Writes a message as plain text for SMS and chats, short, in the person's language where we have its words (English,
 * Russian, German, Spanish, French, Portuguese). Our own words need no letter outside GSM-7, but for Russian. Long
 * `details` are left to the page. The text is not cut and not escaped: what the medium calls markup, its channel escapes.
 *
 * @example
 * renderText(message, { answerBy: 'reply' })
 * // Anna: Dinner on Friday at 8?
 * // Reply YES or NO.
 * // Or: https://app.guests.test/r/7f3k…
 */
export function renderText(message: OutboundMessage, options: RenderTextOptions): string {
  const { answer, content, originator } = message
  const phrases = shortPhrasesFor(message.locale)
  const name = originator === null ? '' : `${oneLine(originator.name)}: `
  const lines = [
    heading(message, phrases),
    `${name}${content.text}`,
    calendarLine(message),
    ...(answer === undefined ? [] : answerLines(answer.spec, message, options)),
    options.unsubscribeHint === true ? phrases.unsubscribe : undefined,
  ]
  return lines.filter((line) => line !== undefined && line !== '').join('\n')
}

/**
 * Says how to answer by replying, in one short sentence: "Reply YES or NO."
 *
 * @returns `undefined` for a form, which no reply can carry
 */
export function answerHint(spec: AnswerSpec, locale: string): string | undefined {
  const isNumbered = spec.type === 'choice' && canBeNumbered(spec.options)
  return replyHint(spec, { isNumbered, phrases: shortPhrasesFor(locale) })
}

/**
 * Lists options line by line with their numbers, "1. Fish"; with dashes when a number could mean two things, as
 * {@link answerHint} knows too. Empty for no options.
 */
export function numberedOptions(options: readonly Pick<AnswerOption, 'label'>[]): string {
  const isNumbered = canBeNumbered(options)
  return options
    .map(({ label }, index) => `${isNumbered ? `${index + 1}.` : '-'} ${oneLine(label)}`)
    .join('\n')
}

function heading({ content, purpose }: OutboundMessage, { reminder }: ShortPhrases): string | undefined {
  const subject = content.subject === undefined ? undefined : oneLine(content.subject)
  return purpose === 'reminder' ? `${reminder}: ${subject ?? ''}`.trim() : subject
}

function answerLines(
  spec: AnswerSpec,
  message: OutboundMessage,
  { answerBy, links = true }: RenderTextOptions,
): readonly (string | undefined)[] {
  const phrases = shortPhrasesFor(message.locale)
  const hint = answerBy === 'reply' ? answerHint(spec, message.locale) : undefined
  const link = links && answerBy !== 'buttons' ? message.links.respond : undefined
  return [
    hint !== undefined && spec.type === 'choice' ? numberedOptions(spec.options) : undefined,
    hint,
    message.until === null
      ? undefined
      : phrases.answerBefore(writeMoment(message.until, message.locale, message.zone)),
    link === undefined ? undefined : `${hint === undefined ? phrases.answer : phrases.or}: ${link}`,
  ]
}

/** When and where, on one line. */
function calendarLine({ calendar, content, locale, zone }: OutboundMessage): string | undefined {
  const entry = calendar ?? content.calendar
  if (entry === undefined) return undefined
  const when = writeSpan(new Date(entry.start), new Date(entry.end), locale, zone)
  return entry.location === undefined ? when : `${when}, ${oneLine(entry.location)}`
}
