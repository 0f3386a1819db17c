import type { AnswerOption } from '../../model/answer.ts'
import { normalizeWords, stripEnds, withoutAccents } from './normalize-words.ts'
import { holdsNumber } from './option-numbers.ts'
import { readOrdinal } from './ordinals.ts'
import { isDoubtful, stripCourtesies } from './read-words.ts'

/** An option with the spellings that name it. */
export interface NamedOption {
  readonly option: AnswerOption
  /** Normalised. */
  readonly label: string
  /** The same without what people put around it. */
  readonly name: string
  readonly words: readonly string[]
  /** Normalised value; `undefined` for one nobody would write: short, or without letters. */
  readonly value: string | undefined
}

/**
 * Which option a few words name.
 *
 * - `option` exactly one
 * - `number` a number no option has
 * - `several` two options equally well
 * - `none` no option
 */
export type NameMatch =
  | { readonly kind: 'option'; readonly option: AnswerOption }
  | { readonly kind: 'number' | 'several' | 'none' }

/** Prepares options for {@link matchName}. */
export function nameOptions(options: readonly AnswerOption[]): readonly NamedOption[] {
  return options.map((option) => {
    const name = spell(option.label)
    const value = spell(option.value)
    return {
      option,
      label: normalizeWords(option.label),
      name,
      words: fuzzyWords(name),
      // People do not see values. "n" may be meant as no, and "1" as the first in the list.
      value: value.length >= 3 && /\p{L}/u.test(value) ? value : undefined,
    }
  })
}

function spell(name: string): string {
  const words = normalizeWords(name)
  return stripEnds(words) || words
}

const marked =
  /^(?:#|№|no\.? |n[°o]\.? ?|option |number |вариант |номер |nummer |opción |opcion |choix |opção |opcao )(\d{1,4})[).:]?$/
const followed = /^(\d{1,4})[).:]$/
const bare = /^\d{1,4}$/
/** Longer words are sentences, and sentences are for people. */
const longestFuzzy = 120

/**
 * Finds the option some words name: by its label, its value or its place in the list; when none of these fits, by the word
 * for a place ("the second one"), by how its label begins, or with one typing error. What fits two options names neither.
 *
 * @param words normalised
 */
export function matchName(options: readonly NamedOption[], words: string): NameMatch {
  const exact = words === '' ? [] : options.filter(({ label }) => label === words)
  if (exact.length > 0) return oneOf(exact)
  const spellings = [...new Set([words, stripEnds(words), stripCourtesies(words)])]
  for (const spelling of spellings) {
    const found = matchSpelling(options, spelling)
    if (found.kind !== 'none') return found
  }
  return matchNearly(options, spellings.at(-1) ?? '')
}

function matchSpelling(options: readonly NamedOption[], spelling: string): NameMatch {
  if (spelling === '') return { kind: 'none' }
  const byLabel = options.filter(({ name }) => name === spelling)
  if (byLabel.length > 0) return oneOf(byLabel)
  const byValue = options.filter(({ value }) => value === spelling)
  if (byValue.length > 0) return oneOf(byValue)
  if (bare.test(spelling)) return matchBareNumber(options, Number(spelling))
  const place = marked.exec(spelling)?.[1] ?? followed.exec(spelling)?.[1]
  return place === undefined ? { kind: 'none' } : matchPlace(options, Number(place))
}

/** A number somebody called a place: "#2", "option 2". */
function matchPlace(options: readonly NamedOption[], place: number): NameMatch {
  // With options like "4" and "2" even this may be a name.
  if (options.some(({ name }) => /^\d+$/.test(name))) return { kind: 'several' }
  const named = options[place - 1]
  return named === undefined ? { kind: 'number' } : { kind: 'option', option: named.option }
}

/** A number alone: a place, or how a label begins ("30" for "30 euros"), as long as it can be only one of them. */
function matchBareNumber(options: readonly NamedOption[], number: number): NameMatch {
  const holding = options.filter(({ name }) => holdsNumber(name, number))
  const place = options[number - 1]
  if (holding.every((option) => option === place)) return matchPlace(options, number)
  const [only] = holding
  return place === undefined && holding.length === 1 && only?.words[0] === String(number)
    ? { kind: 'option', option: only.option }
    : { kind: 'several' }
}

/** A question, which asks about an option and does not choose it; numbers with signs, "-2" or "2.5", where each sign counts. */
const exactOnly = /[?¿]|[^\p{L}\p{N}\s]\p{N}|\p{N}[^\p{L}\p{N}\s]/u

/** What a person may mean who did not write an option as it stands. Every way is looked at: two that disagree name neither. */
function matchNearly(options: readonly NamedOption[], spelling: string): NameMatch {
  if (spelling.length > longestFuzzy || exactOnly.test(spelling)) return { kind: 'none' }
  const words = fuzzyWords(spelling)
  const same = options.filter((option) => option.words.join(' ') === words.join(' '))
  if (same.length > 0) return oneOf(same)
  const ordinal = readOrdinal(spelling)
  const place = ordinal === undefined ? undefined : options[ordinal - 1]
  const near = options.filter(
    (option) =>
      option === place ||
      // "The 2nd" may be a day.
      (ordinal !== undefined && holdsNumber(option.name, ordinal)) ||
      begins(option.words, words) ||
      isMistyped(option.words, words),
  )
  return near.length === 0 && ordinal !== undefined ? { kind: 'number' } : oneOf(near)
}

function oneOf(found: readonly NamedOption[]): NameMatch {
  const [only] = found
  if (only === undefined) return { kind: 'none' }
  return found.length === 1 ? { kind: 'option', option: only.option } : { kind: 'several' }
}

function fuzzyWords(name: string): readonly string[] {
  return withoutAccents(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** Short words many labels begin with, which say nothing about which one. */
const articles = new Set(
  'the die der das den ein una uno los las les des une uma and for mit con com all any one для или все это'.split(
    ' ',
  ),
)

/** Whether a label begins with these whole words: "fish" for "Fish and chips". "Not" alone begins nothing. */
function begins(label: readonly string[], words: readonly string[]): boolean {
  const says = words.some((word) => word.length >= 3 && !articles.has(word) && /^\p{L}+$/u.test(word))
  return (
    says &&
    words.length < label.length &&
    words.every((word, index) => word === label[index]) &&
    !isDoubtful(words.at(-1) ?? '')
  )
}

/**
 * Whether the words are a label with one typing error: one letter too many, too few, wrong, or two swapped, within one word
 * of five letters or more, and not its first letter. Numbers and short words are never corrected: "Room A2" is not "Room A3".
 */
function isMistyped(label: readonly string[], words: readonly string[]): boolean {
  if (label.length !== words.length) return false
  const different = label.flatMap((word, index) => (word === words[index] ? [] : [index]))
  const [index] = different
  if (index === undefined || different.length > 1) return false
  const [meant = '', typed = ''] = [label[index], words[index]]
  return /^\p{L}{5,}$/u.test(meant) && /^\p{L}{4,}$/u.test(typed) && isOneEdit(meant, typed)
}

function isOneEdit(meant: string, typed: string): boolean {
  if (Math.abs(meant.length - typed.length) > 1 || meant.charAt(0) !== typed.charAt(0)) return false
  let same = 0
  while (same < meant.length && meant.charAt(same) === typed.charAt(same)) same += 1
  const rest = (text: string, from: number): string => text.slice(same + from)
  const isSwapped =
    meant.charAt(same) === typed.charAt(same + 1) &&
    meant.charAt(same + 1) === typed.charAt(same) &&
    rest(meant, 2) === rest(typed, 2)
  return (
    isSwapped ||
    rest(meant, 1) === rest(typed, 1) ||
    rest(meant, 1) === rest(typed, 0) ||
    rest(meant, 0) === rest(typed, 1)
  )
}
