import type { AnswerOption } from '../../model/answer.ts'
import { normalizeWords } from './normalize-words.ts'

/**
 * Whether options may be offered as "1. …, 2. …" and called by these numbers. Not when a bare number could also mean
 * what stands inside another option: "2" beside "2 tickets, 4 tickets", or options that are numbers themselves.
 *
 * @param options in the order of the question
 */
export function canBeNumbered(options: readonly Pick<AnswerOption, 'label'>[]): boolean {
  const names = options.map(({ label }) => normalizeWords(label))
  return names.every(
    (name, index) =>
      !isNumber(name) && names.every((other, at) => at === index || !holdsNumber(other, index + 1)),
  )
}

function isNumber(words: string): boolean {
  return /^\d+$/.test(words)
}

/** Whether a number stands in normalised words: "2 tickets", "2pm", "table 2", "2nd", "2:30"; not "12", nor after a point or colon. */
export function holdsNumber(words: string, number: number): boolean {
  return new RegExp(`(?<!\\p{N}|\\p{N}[.,:])0*${number}(?!\\p{N})`, 'u').test(words)
}
