import type { AnswerOption, OutboundMessage } from '@invite-me/core/channel'
import { visibleLabel } from '../shared/one-line.ts'
import { shortPhrasesFor } from '../shared/phrases.ts'
import { shortened } from '../shared/shortened.ts'

/** Before the reply token in a `block_id`: what comes back from such a block is an answer. */
const answerMark = 'answer:'
/** `action_id` of a list of which several may be picked; what is picked counts when the button beside it is pressed. */
export const pickSeveral = 'pick-several'
/** `action_id` of that button. */
export const sendPicked = 'send-picked'
/** Most buttons beside each other that are still easy to read; more options become a list. */
const mostButtons = 5
/** Longest label of a button or an option (Block Kit reference, button element and option object, seen 2026-11-22). */
export const longestLabel = 75

/** Whether the medium itself can bring the answer back: by its buttons or in words. */
export function carriesAnswer({ answer, replyToken }: OutboundMessage): boolean {
  return answer !== undefined && answer.spec.type !== 'form' && replyToken !== undefined
}

/**
 * Makes the buttons or the list of a question. They carry the reply token and the option's value, nothing else.
 * @returns empty when the answer needs words or a form
 */
export function answerBlocks(message: OutboundMessage): readonly object[] {
  const { answer, locale, replyToken } = message
  if (answer === undefined || replyToken === undefined) return []
  const blockId = `${answerMark}${replyToken}`
  const { answer: label } = shortPhrasesFor(locale)
  if (answer.spec.type === 'choice' && answer.spec.multiple)
    return severalBlocks(answer.spec.options, { blockId, label })
  if (answer.actions.length === 0) return []
  const elements =
    answer.actions.length > mostButtons
      ? [select('static_select', answer.actions, { action_id: 'pick-one', label })]
      : answer.actions.map(button)
  return [{ type: 'actions', block_id: blockId, elements }]
}

/** Reads the reply token out of a `block_id`; `undefined` when the block is none of ours. */
export function tokenOf(blockId: string): string | undefined {
  return blockId.startsWith(answerMark) ? blockId.slice(answerMark.length) : undefined
}

function severalBlocks(
  options: readonly AnswerOption[],
  { blockId, label }: { readonly blockId: string; readonly label: string },
): readonly object[] {
  return [
    {
      type: 'section',
      block_id: `picked:${blockId}`,
      text: { type: 'plain_text', text: label, emoji: false },
      accessory: select('multi_static_select', options, { action_id: pickSeveral, label }),
    },
    {
      type: 'actions',
      block_id: blockId,
      elements: [{ type: 'button', action_id: sendPicked, text: plain(label), style: 'primary' }],
    },
  ]
}

function select(
  type: 'static_select' | 'multi_static_select',
  options: readonly AnswerOption[],
  { action_id, label }: { readonly action_id: string; readonly label: string },
): object {
  return {
    type,
    action_id,
    placeholder: plain(label),
    options: options.map(({ label: text, value }) => ({ text: plain(text), value })),
  }
}

function button({ label, value }: AnswerOption, index: number): object {
  return { type: 'button', action_id: `press-${String(index)}`, text: plain(label), value }
}

function plain(label: string): object {
  return { type: 'plain_text', text: shortened(visibleLabel(label), longestLabel), emoji: false }
}
