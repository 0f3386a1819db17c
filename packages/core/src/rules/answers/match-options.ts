import type { AnswerOption } from '../../model/answer.ts'
import { findAnswerLine } from './find-answer-line.ts'
import { matchName, nameOptions, type NamedOption } from './name-match.ts'
import { normalizeWords } from './normalize-words.ts'

/**
 * Which options a text names.
 *
 * - `options` at least one, in the order of the question, none twice
 * - `number` a number no option has
 * - `wrong` one word that names no option, or a word that names two
 * - `none` a sentence; only a person can tell
 */
export type OptionMatch =
  | { readonly kind: 'options'; readonly options: readonly AnswerOption[] }
  | { readonly kind: 'number' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'none' }

const separator = /(\s*[,;/&+\n]\s*(?:and |und |и |y |et |e |or )?| (?:and|und|и|y|et|e|plus|&|\+) )/
/** Longer lists are not answers. */
const mostParts = 200
const longestList = 10_000
/** Parts one label may spread over: eleven words joined by ten separators. */
const widestLabel = 21

/**
 * Finds the options a text names, separated by commas, line breaks, spaces between numbers, or "and". A label may itself hold
 * a comma or "and". Naming several where only one may be chosen gives them all, for the hint.
 */
export function matchOptions(options: readonly AnswerOption[], text: string): OptionMatch {
  const named = nameOptions(options)
  // A list may go over lines; only when that fails may the rest be a signature.
  const all: OptionMatch = text.length > longestList ? { kind: 'none' } : matchList(named, text)
  if (all.kind === 'options') return all
  const line = findAnswerLine(text)
  return line === undefined ? { kind: 'none' } : matchList(named, line)
}

function matchList(options: readonly NamedOption[], text: string): OptionMatch {
  const words = normalizeWords(text)
  const whole = matchWords(options, words)
  if (whole.kind === 'options') return whole
  const parts = /^\d{1,4}(?: \d{1,4})+$/.test(words) ? spacedNumbers(words) : words.split(separator)
  if (parts.length > mostParts) return { kind: 'none' }
  const found = cover(options, parts, 0, new Set())
  if (found === undefined) return whole
  return {
    kind: 'options',
    options: options.map((named) => named.option).filter((option) => found.includes(option)),
  }
}

function spacedNumbers(words: string): readonly string[] {
  return words.split(' ').flatMap((word, index) => (index === 0 ? [word] : [' ', word]))
}

/**
 * Covers the parts from `start` with options, the longest first, so that "fish, chips and peas" may be one option or three.
 *
 * @param parts words and separators in turn
 * @param dead starts from which nothing fits, to try none twice
 */
function cover(
  options: readonly NamedOption[],
  parts: readonly string[],
  start: number,
  dead: Set<number>,
): readonly AnswerOption[] | undefined {
  if (start >= parts.length) return []
  if (dead.has(start)) return undefined
  for (let end = Math.min(parts.length, start + widestLabel); end > start; end -= 2) {
    const match = matchWords(options, parts.slice(start, end).join(''))
    if (match.kind !== 'options') continue
    const rest = cover(options, parts, end + 1, dead)
    if (rest !== undefined) return [...match.options, ...rest]
  }
  dead.add(start)
  return undefined
}

function matchWords(options: readonly NamedOption[], words: string): OptionMatch {
  const match = matchName(options, words)
  switch (match.kind) {
    case 'option':
      return { kind: 'options', options: [match.option] }
    case 'number':
      return { kind: 'number' }
    case 'several':
      return { kind: 'wrong' }
    case 'none':
      return words.includes(' ') || words === '' ? { kind: 'none' } : { kind: 'wrong' }
  }
}
