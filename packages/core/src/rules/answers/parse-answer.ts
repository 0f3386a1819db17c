import type { AnswerInput, AnswerSpec } from '../../model/answer.ts'
import { parseChoice } from './parse-choice.ts'
import { parseDate } from './parse-date.ts'
import { parseForm } from './parse-form.ts'
import { parseNumber } from './parse-number.ts'
import { parseRsvp } from './parse-rsvp.ts'
import { parseText } from './parse-text.ts'
import { parseYesNo } from './parse-yes-no.ts'
import type { ParsedAnswer } from './parsed-answer.ts'

/**
 * Understands one answer, or says why not. Never guesses: words count only when all of them are known (`answer-words.ts`)
 * and say one thing; a sentence, a question or two answers at once are `unclear`.
 *
 * @param spec the answer the question expects
 * @param input what came back. Buttons and form fields are exact, so they are never `unclear`. Fields of a web form are
 *   `answer` (several times for a choice of several), `party` for an rsvp, and for a form each property by its name
 * @param locale of the person, for the hint; words are understood in every language whatever the locale
 * @returns an understood `value` is valid for `spec`: parsing it again as `{ kind: 'value' }` gives the same
 * @throws nothing, whatever the input holds
 * @example parseAnswer({ type: 'yesNo' }, { kind: 'text', text: 'Да, спасибо!' }, 'ru') // understood, true, accepted
 */
export function parseAnswer(spec: AnswerSpec, input: AnswerInput, locale: string): ParsedAnswer {
  switch (spec.type) {
    case 'yesNo':
      return parseYesNo(input, locale)
    case 'choice':
      return parseChoice(spec, input, locale)
    case 'text':
      return parseText(spec.maxLength, input, locale)
    case 'number':
      return parseNumber(spec, input, locale)
    case 'date':
      return parseDate(spec, input, locale)
    case 'rsvp':
      return parseRsvp(spec.maxParty, input, locale)
    case 'form':
      return parseForm(spec, input, locale)
  }
}
