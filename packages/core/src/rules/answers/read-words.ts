import { answerWords, countFillers, countWords, type WordSense } from './answer-words.ts'
import { normalizeWords, splitWords, stripEnds, withoutAccents } from './normalize-words.ts'

/** What a short line of words says, when every word of it is known. */
export interface WordsRead {
  /** `undefined` for a line of nothing but courtesies and numbers. */
  readonly answer: 'yes' | 'no' | 'maybe' | undefined
  /** Number of people named; only looked for on request. */
  readonly count: number | undefined
}

type Token = { readonly sense: WordSense | 'filler' } | { readonly count: number }

/** Longer lines are sentences, and sentences are for people. */
const mostWords = 14

interface Phrases {
  /** What answers, and what goes along with an answer. */
  readonly plain: ReadonlyMap<string, Token>
  /** The same, with numbers of people. */
  readonly withCount: ReadonlyMap<string, Token>
  /** Words of the longest phrase. */
  readonly longest: number
}

let built: Phrases | undefined

/** Built with the first answer: a program that only asks need not wait for it when it starts. */
function phrases(): Phrases {
  built ??= buildPhrases()
  return built
}

function buildPhrases(): Phrases {
  const plain = new Map<string, Token>(
    Object.values(answerWords).flatMap((vocabulary) =>
      Object.entries(vocabulary).flatMap(([sense, list]) =>
        list.flatMap((phrase) =>
          spellings(phrase).map((key) => [key, { sense: sense as WordSense }] as const),
        ),
      ),
    ),
  )
  const withCount = new Map<string, Token>([
    ...countFillers.flatMap((phrase) => spellings(phrase).map((key) => [key, { sense: 'filler' }] as const)),
    ...[...countWords].flatMap(([phrase, count]) =>
      spellings(phrase).map((key) => [key, { count }] as const),
    ),
    // A phrase that answers keeps its meaning beside the numbers.
    ...plain,
  ])
  const longest = Math.max(...[...withCount.keys()].map((phrase) => phrase.split(' ').length))
  return { plain, withCount, longest }
}

/** A phrase as it is looked up, and for German as it is written where there are no umlauts. */
export function spellings(phrase: string): readonly string[] {
  const umlauts: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue' }
  const written = splitWords(normalizeWords(phrase)).join(' ')
  const plain = written.replace(/[äöü]/g, (letter) => umlauts[letter] ?? letter)
  return [...new Set([written, plain])].map(withoutAccents)
}

/**
 * Reads a line that consists of known phrases only. One unknown word, two different answers ("yes and no", "да нет") or a
 * phrase that contradicts the answer ("no problem, I'm coming") make it unreadable: nothing is ever guessed.
 *
 * @param line one line, as written
 * @param options `toInvitation`: the question is whether somebody comes. Then "I'll be there" is a yes, "we can't make it" a no,
 *   and a number of people is read too, "yes, three of us"
 * @returns `undefined` when it cannot be read
 */
export function readWords(
  line: string,
  options: { readonly toInvitation?: boolean } = {},
): WordsRead | undefined {
  if (conditional.test(normalizeWords(line))) return undefined
  const toInvitation = options.toInvitation === true
  const tokens = tokenize(wordsOf(line), toInvitation ? phrases().withCount : phrases().plain)
  if (tokens === undefined) return undefined

  const senses = new Set(tokens.flatMap((token) => ('sense' in token ? [token.sense] : [])))
  const counts = tokens.flatMap((token) => ('count' in token ? [token.count] : []))
  const answers = answersIn(senses, toInvitation)
  if (answers.length > 1 || counts.length > 1 || senses.has('doubt')) return undefined
  const [answer] = answers
  if ((senses.has('withYes') || senses.has('coming')) && answer !== 'yes') return undefined
  if ((senses.has('withNo') || senses.has('notComing')) && answer !== 'no') return undefined
  if (senses.has('filler') && counts.length === 0) return undefined
  return { answer, count: counts[0] }
}

/** "Si je peux", "si puedo": without its accent the Spanish yes is "if", in French too. */
const conditional = /(?<!\p{L})si (?:je |j'|on |nous |puedo|podemos|podre|podré|voy|vamos|iré|ire)/u

function answersIn(
  senses: ReadonlySet<WordSense | 'filler'>,
  toInvitation: boolean,
): readonly ('yes' | 'no' | 'maybe')[] {
  return (['yes', 'no', 'maybe'] as const).filter(
    (answer) =>
      senses.has(answer) ||
      (toInvitation && answer === 'yes' && senses.has('coming')) ||
      (toInvitation && answer === 'no' && senses.has('notComing')),
  )
}

/** True when the line says nothing by itself: thanks, a greeting, a closing formula. */
export function isCourtesy(line: string): boolean {
  return consistsOf(line, ['courtesy', 'closing'])
}

/** True when the line is a formula that ends a letter: "Kind regards,". */
export function isClosing(line: string): boolean {
  return consistsOf(line, ['closing'])
}

/** True when a word of the line, taken alone, has a meaning of its own. Initials do not count, unless they are all there is. */
export function hasMeaning(line: string): boolean {
  const words = wordsOf(line)
  return words.some((word) => {
    if (words.length > 1 && /^\p{L}$/u.test(word)) return false
    const sense = senseOf(phrases().plain.get(word))
    return sense !== undefined && sense !== 'courtesy' && sense !== 'closing'
  })
}

/** True when a phrase turns round what stands beside it: "not", "only", «кроме». */
export function isDoubtful(phrase: string): boolean {
  return consistsOf(phrase, ['doubt'])
}

function consistsOf(line: string, allowed: readonly WordSense[]): boolean {
  const tokens = tokenize(wordsOf(line), phrases().plain)
  return tokens !== undefined && tokens.every((token) => allowed.some((sense) => sense === senseOf(token)))
}

function senseOf(token: Token | undefined): WordSense | 'filler' | undefined {
  return token !== undefined && 'sense' in token ? token.sense : undefined
}

/** Takes greetings, thanks and punctuation off both ends of normalised words: "hello, 2 please!" becomes "2". */
export function stripCourtesies(words: string): string {
  let parts = words.split(' ')
  for (let length = phrases().longest; length > 0; length -= 1) {
    if (parts.length > length && isCourtesyOrPlease(parts.slice(-length))) parts = parts.slice(0, -length)
    if (parts.length > length && isCourtesyOrPlease(parts.slice(0, length))) parts = parts.slice(length)
  }
  return stripEnds(parts.join(' '))
}

const pleases = new Set([
  'please',
  'пожалуйста',
  'bitte',
  'por favor',
  "s'il vous plaît",
  "s'il te plaît",
  'svp',
  'stp',
])

function isCourtesyOrPlease(parts: readonly string[]): boolean {
  const phrase = splitWords(parts.join(' ')).join(' ')
  return pleases.has(phrase) || isCourtesy(phrase)
}

/** The words of a line as they are looked up. */
function wordsOf(line: string): readonly string[] {
  return splitWords(withoutAccents(normalizeWords(line)))
}

/** Cuts words into known phrases, longest first; `undefined` when a word is in none. */
function tokenize(words: readonly string[], known: ReadonlyMap<string, Token>): readonly Token[] | undefined {
  if (words.length === 0 || words.length > mostWords) return undefined
  const tokens: Token[] = []
  for (let start = 0; start < words.length;) {
    const length = longestMatch(words, start, known)
    const phrase = words.slice(start, start + Math.max(length, 1)).join(' ')
    const token = known.get(phrase) ?? readDigits(phrase, known) ?? readDrawnOut(phrase, known)
    if (token === undefined) return undefined
    tokens.push(token)
    start += Math.max(length, 1)
  }
  return tokens
}

function longestMatch(words: readonly string[], start: number, known: ReadonlyMap<string, Token>): number {
  for (let length = Math.min(phrases().longest, words.length - start); length > 0; length -= 1) {
    if (known.has(words.slice(start, start + length).join(' '))) return length
  }
  return 0
}

function readDigits(word: string, known: ReadonlyMap<string, Token>): Token | undefined {
  return known === phrases().withCount && /^\d{1,4}$/.test(word) ? { count: Number(word) } : undefined
}

/** "Yesss", "нееет", "suuuure": a word with letters drawn out, which no word here has by itself. */
function readDrawnOut(word: string, known: ReadonlyMap<string, Token>): Token | undefined {
  return /(\p{L})\1\1/u.test(word) ? known.get(word.replace(/(\p{L})\1{2,}/gu, '$1')) : undefined
}
