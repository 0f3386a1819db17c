import type { AnswerOption, AnswerSpec, OutboundMessage } from '@invite-me/core/channel'
import { visibleLabel } from '../shared/one-line.ts'
import { shortPhrasesFor } from '../shared/phrases.ts'
import { shortened } from '../shared/shortened.ts'
import { writeCustomId } from './custom-id.ts'
import { discordWordsFor } from './words.ts'

/** Numbers of docs.discord.com/developers/components/reference (seen 2026-11-22). */
const kind = { row: 1, button: 2, stringSelect: 3 } as const
const style = { primary: 1, secondary: 2, link: 5 } as const
const longestButtonLabel = 80
const longestOptionLabel = 100
const longestUrl = 512
/** Buttons one row takes; more options become a list. */
const mostButtons = 5
/** Options one list takes. */
const mostOptions = 25

/** Whether Discord itself can bring the answer back. */
export function carriesAnswer({ answer, replyToken }: OutboundMessage): boolean {
  if (answer === undefined || replyToken === undefined) return false
  const { spec } = answer
  // Two lists of one question are two answers, so what several may be picked of must fit one.
  if (spec.type === 'choice' && spec.multiple) return spec.options.length <= mostOptions
  return spec.type !== 'form'
}

/** Makes the buttons or lists of a question; empty when {@link carriesAnswer} says no. */
export function answerComponents(message: OutboundMessage): readonly object[] {
  const { answer, locale, replyToken: token } = message
  if (answer === undefined || token === undefined || !carriesAnswer(message)) return []
  const { actions, spec } = answer
  const { answer: label } = shortPhrasesFor(locale)
  if (spec.type === 'choice' && spec.multiple) return [severalRow(spec, token, locale)]
  if (isWritten(spec)) {
    const custom_id = writeCustomId({ does: 'open', token, isLong: spec.type === 'text' })
    return [row([{ type: kind.button, style: style.primary, label, custom_id }])]
  }
  const fitsButtons =
    actions.length <= mostButtons && actions.every((one) => one.label.length <= longestButtonLabel)
  if (fitsButtons) return actions.length === 0 ? [] : [row(actions.map((action) => button(action, token)))]
  return inPages(actions).map((options, index) =>
    row([
      {
        type: kind.stringSelect,
        custom_id: writeCustomId({ does: 'pick', token, page: index }),
        placeholder: label,
        options: options.map(option),
      },
    ]),
  )
}

/** A button that leads to a page; `undefined` when Discord does not take the address. */
export function linkButton(label: string, url: string | undefined): object | undefined {
  if (url === undefined || url.length > longestUrl) return undefined
  return { type: kind.button, style: style.link, label, url }
}

/** Buttons beside each other. */
export function row(components: readonly object[]): object {
  return { type: kind.row, components }
}

function isWritten({ type }: AnswerSpec): boolean {
  return type === 'text' || type === 'number' || type === 'date'
}

function severalRow(
  { options }: Extract<AnswerSpec, { type: 'choice' }>,
  token: string,
  locale: string,
): object {
  return row([
    {
      type: kind.stringSelect,
      custom_id: writeCustomId({ does: 'pick-several', token }),
      placeholder: discordWordsFor(locale).pickSeveral,
      min_values: 1,
      max_values: options.length,
      options: options.map(option),
    },
  ])
}

function button({ label, value }: AnswerOption, token: string): object {
  return {
    type: kind.button,
    style: style.secondary,
    label: visibleLabel(label),
    custom_id: writeCustomId({ does: 'press', token, value }),
  }
}

function option({ label, value }: AnswerOption): object {
  return { label: shortened(visibleLabel(label), longestOptionLabel), value }
}

function inPages(options: readonly AnswerOption[]): readonly (readonly AnswerOption[])[] {
  const pages = Math.ceil(options.length / mostOptions)
  return Array.from({ length: pages }, (_none, page) =>
    options.slice(page * mostOptions, (page + 1) * mostOptions),
  )
}
