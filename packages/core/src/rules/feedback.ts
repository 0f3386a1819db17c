import type { AnswerSpec } from '../model/answer.ts'
import type { ResponseReceipt } from '../model/response.ts'
import { describeAnswer } from './answers/describe-answer.ts'
import { dropInvisible, normalizeWords } from './answers/normalize-words.ts'
import { readOrdinal } from './answers/ordinals.ts'
import { stripCourtesies } from './answers/read-words.ts'
import { feedbackPhrasesFor } from './feedback-phrases.ts'
import { writeMoment } from './write-moment.ts'

/** About which question, and in whose language. */
export interface FeedbackContext {
  /** `null` when the message asks for nothing. */
  readonly spec: AnswerSpec | null
  /** BCP 47 of the person; a language we have no words in gets English. */
  readonly locale: string
}

/** Why a message is brought up to date; what {@link editNotice} needs of a channel's `EditReason`. */
export interface NoticeReason {
  readonly kind: 'answered' | 'expired' | 'cancelled' | 'updated'
  readonly value?: unknown
  readonly isDeclined?: boolean
}

/** Longest piece of an answer or a question that is said back, in characters. */
const longestPiece = 60
/** Longer replies are letters. */
const longestReply = 10_000

/**
 * Tells a person what became of their answer, in one or two sentences: "Thank you, noted: Yes. You can change it until …",
 * that the question is closed, or what to send instead.
 */
export function feedbackFor(receipt: ResponseReceipt, { spec, locale }: FeedbackContext): string {
  const phrases = feedbackPhrasesFor(locale)
  switch (receipt.status) {
    case 'counted':
    case 'repeated': {
      const answer = sayAnswer(receipt.value, spec, locale)
      const [withAnswer, without] =
        receipt.status === 'counted'
          ? [phrases.noted, phrases.notedNothing]
          : [phrases.repeated, phrases.repeatedNothing]
      // An answer that ends a sentence by itself needs no second full stop.
      const told = answer === '' ? without : withAnswer(answer).replace(/(?<=[.!?…])\.$/, '')
      const until = receipt.changeableUntil
      return until === null ? told : `${told} ${phrases.changeUntil(writeMoment(until, locale))}`
    }
    case 'refused':
    case 'unclear':
      return receipt.hint
    case 'late':
      return phrases.late[receipt.reason]
  }
}

/** Says in one line why a message that has left is brought up to date: "Answered: Yes", "This question is closed." */
export function editNotice(reason: NoticeReason, { spec, locale }: FeedbackContext): string {
  const phrases = feedbackPhrasesFor(locale)
  switch (reason.kind) {
    case 'answered': {
      const answer = sayAnswer(reason.value, spec, locale)
      if (answer !== '') return phrases.answered(answer)
      return reason.isDeclined === true ? phrases.declined : phrases.answeredNothing
    }
    case 'expired':
      return phrases.closed
    case 'cancelled':
      return phrases.calledOff
    case 'updated':
      return phrases.changed
  }
}

/**
 * Asks which of several open questions an answer was meant for: each on a line of its own with its number, to be answered
 * by {@link readCandidateNumber}.
 *
 * @param questions their texts, in the order of the candidates; only the first line of each is said, shortened
 */
export function whichQuestion(questions: readonly string[], locale: string): string {
  const listed = questions.map((question, index) => `${index + 1}. ${shorten(firstLine(question))}`)
  return [feedbackPhrasesFor(locale).whichQuestion, ...listed].join('\n')
}

/** Says that an address is now connected to somebody's profile. */
export function connectedText(name: string | undefined, locale: string): string {
  return feedbackPhrasesFor(locale).connected(name === undefined || name === '' ? undefined : shorten(name))
}

/** One of the numbers that were listed, with or without a mark, then the words that remain: not "2.5", "2:30", "2nd" or "20". */
const numbered =
  /^[\s"'«(*]*(?:(?:#|№|n[°o]\.?|question|frage|вопрос|pregunta|pergunta) ?)?([1-9])(?:$|([.):,;-]+)(?!\p{N})|(?=\s))\s*([^]*)$/iu
/** Goes on with another number: "1, 2", "2 or 3". */
const goesOn = /^(?:[,;/&+-]|(?:or|and|oder|und|или|и|y|o|u|et|ou|e)\s)\s*[#№]?\p{N}/iu
const fullWidthDigit = /[\uff10-\uff19]/g

/**
 * Reads the reply to {@link whichQuestion}: "2", "#2.", "2 yes", "2: no", "the second", «вторая».
 *
 * @param count how many questions were listed, at most 9
 * @returns `index` from 0, and the words that remain as they were written, empty for thanks and greetings; `undefined` when
 *   the reply names no question, several, or one that was not listed
 */
export function readCandidateNumber(
  text: string,
  count: number,
): { readonly index: number; readonly rest: string } | undefined {
  if (text.length > longestReply) return undefined
  const bare = stripCourtesies(normalizeWords(text))
  const [, alone, , after] = numbered.exec(bare) ?? []
  const place = readOrdinal(bare) ?? (after === '' ? Number(alone) : undefined)
  if (place !== undefined) return place <= count ? { index: place - 1, rest: '' } : undefined
  const written = dropInvisible(text).replace(fullWidthDigit, (digit) => digit.normalize('NFKC'))
  const [, number, separator = '', rest = ''] = numbered.exec(written) ?? []
  if (number === undefined || Number(number) > count) return undefined
  const isSeveral = goesOn.test(rest) || goesOn.test(`${separator}${rest}`)
  return isSeveral ? undefined : { index: Number(number) - 1, rest: rest.replace(/^[-–—]\s+/, '').trim() }
}

function sayAnswer(value: unknown, spec: AnswerSpec | null, locale: string): string {
  // What a form holds is too long for a line, and not for everybody who sees it.
  if (spec === null || spec.type === 'form') return ''
  return shorten(firstLine(describeAnswer(spec, value, locale)))
}

function firstLine(text: string): string {
  return (
    text
      .trim()
      .split(/[\r\n\u2028\u2029]/, 1)[0]
      ?.trim() ?? ''
  )
}

/** Cuts after whole characters as people see them. Three full stops, because an ellipsis makes a text message cost twice as much. */
function shorten(text: string): string {
  if (text.length <= longestPiece) return text
  let kept = ''
  // A long text is not looked through to its end: nobody needs the rest.
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, 4 * longestPiece))) {
    if (kept.length + segment.length > longestPiece - 3) break
    kept += segment
  }
  return `${kept.trimEnd()}...`
}
