import type { AnswerSpec } from '@invite-me/core/channel'
import { inLanguage } from './in-language.ts'

/** The words of ours in a short plain message, in one language. Add a language by adding a table to `phraseTables`. */
export interface ShortPhrases {
  /** BCP 47 tag of the table, for dates. */
  readonly language: string
  readonly reminder: string
  /** Before the link where the answer is given. */
  readonly answer: string
  /** Before a link that is the other way to answer. */
  readonly or: string
  /** `moment` is already written in the language. */
  answerBefore(moment: string): string
  readonly unsubscribe: string
  readonly replyYesNo: string
  readonly replyRsvp: string
  /** As `replyRsvp`, for more than one person. */
  readonly replyParty: string
  readonly replyText: string
  readonly replyNumber: (range: string) => string
  readonly replyDate: string
  /** One of up to four numbers, `1, 2 or 3`, or of a range. */
  readonly replyPlace: (count: number) => string
  readonly replyPlaces: string
  /** For options that have no numbers. */
  readonly replyOption: string
  readonly replyOptions: string
}

// These texts go into SMS. A letter outside GSM-7 (3GPP TS 23.038 §6.2.1) makes the whole message cost twice as much, so
// English, German, Spanish, French and Portuguese are worded without such letters: no dashes but "-", no "número", no "SÍ".

const english: ShortPhrases = {
  language: 'en',
  reminder: 'Reminder',
  answer: 'Answer',
  or: 'Or',
  answerBefore: (moment) => `Answer before ${moment}.`,
  unsubscribe: 'Reply STOP to opt out.',
  replyYesNo: 'Reply YES or NO.',
  replyRsvp: 'Reply YES, NO or MAYBE.',
  replyParty: 'Reply YES, NO or MAYBE and how many come: YES 2.',
  replyText: 'Reply with your answer.',
  replyNumber: (range) => `Reply with a number${range}.`,
  replyDate: 'Reply with a date like 2027-03-31.',
  replyPlace: (count) =>
    count > 4 ? `Reply with a number from 1 to ${count}.` : `Reply ${places(count, 'or')}.`,
  replyPlaces: 'Reply with one number or several, like 1, 2.',
  replyOption: 'Reply with one of these.',
  replyOptions: 'Reply with one of these or several, with commas.',
}

const russian: ShortPhrases = {
  language: 'ru',
  reminder: 'Напоминание',
  answer: 'Ответить',
  or: 'Или',
  answerBefore: (moment) => `Ответьте до: ${moment}.`,
  unsubscribe: 'Отписаться: ответьте СТОП.',
  replyYesNo: 'Ответьте ДА или НЕТ.',
  replyRsvp: 'Ответьте ДА, НЕТ или МОЖЕТ БЫТЬ.',
  replyParty: 'Ответьте ДА, НЕТ или МОЖЕТ БЫТЬ и сколько вас: ДА 2.',
  replyText: 'Напишите ответ.',
  replyNumber: (range) => `Ответьте числом${range}.`,
  replyDate: 'Ответьте датой, например 31.03.2027.',
  replyPlace: (count) =>
    count > 4 ? `Ответьте номером от 1 до ${count}.` : `Ответьте ${places(count, 'или')}.`,
  replyPlaces: 'Ответьте номером или номерами, например 1, 2.',
  replyOption: 'Ответьте одним из этих вариантов.',
  replyOptions: 'Ответьте одним или несколькими, через запятую.',
}

const german: ShortPhrases = {
  language: 'de',
  reminder: 'Erinnerung',
  answer: 'Antworten',
  or: 'Oder',
  answerBefore: (moment) => `Bitte antworten bis ${moment}.`,
  unsubscribe: 'Abmelden: STOP antworten.',
  replyYesNo: 'Bitte mit JA oder NEIN antworten.',
  replyRsvp: 'Bitte mit JA, NEIN oder VIELLEICHT antworten.',
  replyParty: 'Bitte mit JA, NEIN oder VIELLEICHT und Zahl antworten: JA 2.',
  replyText: 'Bitte auf diese Nachricht antworten.',
  replyNumber: (range) => `Bitte mit einer Zahl${range} antworten.`,
  replyDate: 'Bitte mit einem Datum antworten: 31.03.2027.',
  replyPlace: (count) =>
    count > 4
      ? `Bitte mit einer Nummer von 1 bis ${count} antworten.`
      : `Bitte mit ${places(count, 'oder')} antworten.`,
  replyPlaces: 'Bitte mit einer oder mehreren Nummern antworten: 1, 2.',
  replyOption: 'Bitte mit einer dieser Antworten antworten.',
  replyOptions: 'Bitte mit einer oder mehreren antworten, mit Komma getrennt.',
}

const spanish: ShortPhrases = {
  language: 'es',
  reminder: 'Recordatorio',
  answer: 'Responder',
  or: 'O',
  answerBefore: (moment) => `Responde antes del ${moment}.`,
  unsubscribe: 'Para darte de baja responde STOP.',
  replyYesNo: 'Responde SI o NO.',
  replyRsvp: 'Responde SI, NO o TAL VEZ.',
  replyParty: 'Responde SI, NO o TAL VEZ y para cuantos: SI 2.',
  replyText: 'Responde a este mensaje.',
  replyNumber: (range) => `Responde con una cifra${range}.`,
  replyDate: 'Responde con una fecha: 2027-03-31.',
  replyPlace: (count) => (count > 4 ? `Responde del 1 al ${count}.` : `Responde ${places(count, 'o')}.`),
  replyPlaces: 'Responde con uno o varios, por ejemplo 1, 2.',
  replyOption: 'Responde con una de estas opciones.',
  replyOptions: 'Responde con una o varias, separadas por comas.',
}

const french: ShortPhrases = {
  language: 'fr',
  reminder: 'Rappel',
  answer: 'Répondre',
  or: 'Ou',
  answerBefore: (moment) => `Répondez avant le ${moment}.`,
  unsubscribe: 'Pour ne plus en recevoir : STOP.',
  replyYesNo: 'Répondez OUI ou NON.',
  replyRsvp: 'Répondez OUI, NON ou PEUT-ETRE.',
  replyParty: 'Répondez OUI, NON ou PEUT-ETRE et le nombre : OUI 2.',
  replyText: 'Répondez à ce message.',
  replyNumber: (range) => `Répondez par un nombre${range}.`,
  replyDate: 'Répondez par une date : 2027-03-31.',
  replyPlace: (count) => (count > 4 ? `Répondez de 1 à ${count}.` : `Répondez ${places(count, 'ou')}.`),
  replyPlaces: 'Répondez par un ou plusieurs, par exemple 1, 2.',
  replyOption: 'Répondez par un de ces choix.',
  replyOptions: 'Répondez par un ou plusieurs, avec des virgules.',
}

const portuguese: ShortPhrases = {
  language: 'pt',
  reminder: 'Lembrete',
  answer: 'Responder',
  or: 'Ou',
  answerBefore: (moment) => `Responda antes de ${moment}.`,
  unsubscribe: 'Para cancelar responda STOP.',
  replyYesNo: 'Responda SIM ou NAO.',
  replyRsvp: 'Responda SIM, NAO ou TALVEZ.',
  replyParty: 'Responda SIM, NAO ou TALVEZ e quantos: SIM 2.',
  replyText: 'Responda a esta mensagem.',
  replyNumber: (range) => `Responda com um valor${range}.`,
  replyDate: 'Responda com uma data: 2027-03-31.',
  replyPlace: (count) => (count > 4 ? `Responda de 1 a ${count}.` : `Responda ${places(count, 'ou')}.`),
  replyPlaces: 'Responda com um ou mais, por exemplo 1, 2.',
  replyOption: 'Responda com um destes.',
  replyOptions: 'Responda com um ou mais, um por linha.',
}

const phraseTables = {
  en: english,
  ru: russian,
  de: german,
  es: spanish,
  fr: french,
  pt: portuguese,
} satisfies Readonly<Record<string, ShortPhrases>>

/**
 * Finds the short words for a locale.
 *
 * @param locale BCP 47, `pt-BR`; only the language counts, and an unknown one gives English
 */
export function shortPhrasesFor(locale: string): ShortPhrases {
  return inLanguage(phraseTables, locale)
}

/** How to answer by replying, in one short sentence; `undefined` when a reply cannot carry it. `isNumbered`: its options have numbers. */
export function replyHint(
  spec: AnswerSpec,
  { isNumbered, phrases }: { readonly isNumbered: boolean; readonly phrases: ShortPhrases },
): string | undefined {
  switch (spec.type) {
    case 'yesNo':
      return phrases.replyYesNo
    case 'rsvp':
      return spec.maxParty > 1 ? phrases.replyParty : phrases.replyRsvp
    case 'choice':
      if (spec.multiple) return isNumbered ? phrases.replyPlaces : phrases.replyOptions
      return isNumbered ? phrases.replyPlace(spec.options.length) : phrases.replyOption
    case 'text':
      return phrases.replyText
    case 'number':
      return phrases.replyNumber(range(spec))
    case 'date':
      return phrases.replyDate
    case 'form':
      return undefined
  }
}

/** `1, 2 or 3` */
function places(count: number, or: string): string {
  const numbers = Array.from({ length: count }, (_none, index) => String(index + 1))
  return `${numbers.slice(0, -1).join(', ')} ${or} ${numbers.at(-1) ?? ''}`
}

/** ` (1-10)`, ` (>= 1)`, ` (<= 10)`: signs, because words for them differ from language to language and cost letters. */
function range({
  min,
  max,
}: {
  readonly min?: number | undefined
  readonly max?: number | undefined
}): string {
  if (min !== undefined && max !== undefined) return ` (${min}${min < 0 || max < 0 ? '...' : '-'}${max})`
  if (min !== undefined) return ` (>= ${min})`
  return max === undefined ? '' : ` (<= ${max})`
}
