import { canBeNumbered, type AnswerSpec } from '@invite-me/core/channel'
import { inLanguage } from '../shared/in-language.ts'

/** The words of ours in a message, in one language. Add a language by adding a table to `phraseTables`. */
export interface Phrases {
  /** BCP 47 tag of the table, for `lang` and for dates. */
  readonly language: string
  /** The line above a question. */
  asks(name: string): string
  /** The line above a notice. */
  writes(name: string): string
  reminderSubject(subject: string): string
  readonly reminder: string
  /** Subjects of mails that bring an earlier one up to date. */
  changedSubject(subject: string): string
  cancelledSubject(subject: string): string
  answeredSubject(subject: string): string
  /** Before when and where a calendar entry is, with the colon. */
  readonly when: string
  readonly where: string
  /** Label of the button or link that leads to the form. */
  readonly answer: string
  /** `moment` is already written in the language. */
  answerBefore(moment: string): string
  /** A sentence that says how to answer by replying. `hasButtons` when there is another way too. */
  reply(how: string, hasButtons: boolean): string
  /** What to reply with, in the middle of that sentence. */
  readonly replyWith: ReplyWords
  readonly unsubscribe: string
}

interface ReplyWords {
  readonly yesNo: string
  readonly place: string
  readonly places: string
  /** For options that are numbers themselves, so that a place among them could mean two things. */
  readonly option: string
  readonly options: string
  readonly text: string
  number(range: { readonly min?: number | undefined; readonly max?: number | undefined }): string
  readonly date: string
  readonly rsvp: string
  readonly party: string
}

const english: Phrases = {
  language: 'en',
  asks: (name) => `${name} asks:`,
  writes: (name) => `${name} writes:`,
  reminderSubject: (subject) => `Reminder: ${subject}`,
  reminder: 'A reminder: there is no answer from you yet.',
  changedSubject: (subject) => `Changed: ${subject}`,
  cancelledSubject: (subject) => `Cancelled: ${subject}`,
  answeredSubject: (subject) => `Answered: ${subject}`,
  when: 'When:',
  where: 'Where:',
  answer: 'Answer',
  answerBefore: (moment) => `Please answer before ${moment}.`,
  reply: (how, hasButtons) => `${hasButtons ? 'Or reply' : 'Reply'} to this e-mail with ${how}.`,
  replyWith: {
    yesNo: 'YES or NO',
    place: 'the number of your choice',
    places: 'the numbers of your choice, separated by commas',
    option: 'your choice',
    options: 'your choices, separated by commas',
    text: 'your answer',
    number: (range) => `a number${inRange(range, ' from ', ' to ', ' of at least ', ' of at most ')}`,
    date: 'a date such as 2026-11-27',
    rsvp: 'YES, NO or MAYBE',
    party: 'YES, NO or MAYBE and how many of you come, for example YES 2',
  },
  unsubscribe: 'No more messages like this',
}

const russian: Phrases = {
  language: 'ru',
  asks: (name) => `${name} спрашивает:`,
  writes: (name) => `${name} пишет:`,
  reminderSubject: (subject) => `Напоминание: ${subject}`,
  reminder: 'Напоминаем: вашего ответа пока нет.',
  changedSubject: (subject) => `Изменено: ${subject}`,
  cancelledSubject: (subject) => `Отменено: ${subject}`,
  answeredSubject: (subject) => `Есть ответ: ${subject}`,
  when: 'Когда:',
  where: 'Где:',
  answer: 'Ответить',
  answerBefore: (moment) => `Пожалуйста, ответьте до: ${moment}.`,
  reply: (how, hasButtons) => `${hasButtons ? 'Или ответьте' : 'Ответьте'} на это письмо: ${how}.`,
  replyWith: {
    yesNo: 'ДА или НЕТ',
    place: 'номер выбранного варианта',
    places: 'номера выбранных вариантов через запятую',
    option: 'выбранный вариант',
    options: 'выбранные варианты через запятую',
    text: 'напишите свой ответ',
    number: (range) => `число${inRange(range, ' от ', ' до ', ' не меньше ', ' не больше ')}`,
    date: 'дата, например 27.11.2026',
    rsvp: 'ДА, НЕТ или МОЖЕТ БЫТЬ',
    party: 'ДА, НЕТ или МОЖЕТ БЫТЬ и сколько вас придёт, например ДА 2',
  },
  unsubscribe: 'Больше не присылать таких писем',
}

const german: Phrases = {
  language: 'de',
  asks: (name) => `${name} fragt:`,
  writes: (name) => `${name} schreibt:`,
  reminderSubject: (subject) => `Erinnerung: ${subject}`,
  reminder: 'Zur Erinnerung: Ihre Antwort fehlt noch.',
  changedSubject: (subject) => `Geändert: ${subject}`,
  cancelledSubject: (subject) => `Abgesagt: ${subject}`,
  answeredSubject: (subject) => `Beantwortet: ${subject}`,
  when: 'Wann:',
  where: 'Wo:',
  answer: 'Antworten',
  answerBefore: (moment) => `Bitte antworten Sie vor: ${moment}.`,
  reply: (how, hasButtons) =>
    hasButtons
      ? `Oder antworten Sie auf diese E-Mail mit ${how}.`
      : `Antworten Sie auf diese E-Mail mit ${how}.`,
  replyWith: {
    yesNo: 'JA oder NEIN',
    place: 'der Nummer Ihrer Wahl',
    places: 'den Nummern Ihrer Wahl, durch Kommas getrennt',
    option: 'Ihrer Wahl',
    options: 'Ihren Antworten, durch Kommas getrennt',
    text: 'Ihrer Antwort',
    number: (range) => `einer Zahl${inRange(range, ' von ', ' bis ', ' ab ', ' bis ')}`,
    date: 'einem Datum, zum Beispiel 27.11.2026',
    rsvp: 'JA, NEIN oder VIELLEICHT',
    party: 'JA, NEIN oder VIELLEICHT und wie viele kommen, zum Beispiel JA 2',
  },
  unsubscribe: 'Keine solchen Nachrichten mehr',
}

const spanish: Phrases = {
  language: 'es',
  asks: (name) => `${name} pregunta:`,
  writes: (name) => `${name} escribe:`,
  reminderSubject: (subject) => `Recordatorio: ${subject}`,
  reminder: 'Un recordatorio: todavía no tenemos su respuesta.',
  changedSubject: (subject) => `Cambiado: ${subject}`,
  cancelledSubject: (subject) => `Cancelado: ${subject}`,
  answeredSubject: (subject) => `Respondido: ${subject}`,
  when: 'Cuándo:',
  where: 'Dónde:',
  answer: 'Responder',
  answerBefore: (moment) => `Por favor, responda antes de esta fecha: ${moment}.`,
  reply: (how, hasButtons) => `${hasButtons ? 'O responda' : 'Responda'} a este correo con ${how}.`,
  replyWith: {
    yesNo: 'SÍ o NO',
    place: 'el número de su elección',
    places: 'los números de su elección, separados por comas',
    option: 'su elección',
    options: 'sus respuestas, separadas por comas',
    text: 'su respuesta',
    number: (range) => `un número${inRange(range, ' de ', ' a ', ' desde ', ' hasta ')}`,
    date: 'una fecha, por ejemplo 2026-11-27',
    rsvp: 'SÍ, NO o QUIZÁS',
    party: 'SÍ, NO o QUIZÁS y cuántos vienen, por ejemplo SÍ 2',
  },
  unsubscribe: 'No recibir más mensajes como este',
}

const french: Phrases = {
  language: 'fr',
  asks: (name) => `${name} demande :`,
  writes: (name) => `${name} écrit :`,
  reminderSubject: (subject) => `Rappel : ${subject}`,
  reminder: 'Pour rappel : nous n’avons pas encore votre réponse.',
  changedSubject: (subject) => `Modifié : ${subject}`,
  cancelledSubject: (subject) => `Annulé : ${subject}`,
  answeredSubject: (subject) => `Répondu : ${subject}`,
  when: 'Quand :',
  where: 'Où :',
  answer: 'Répondre',
  answerBefore: (moment) => `Merci de répondre avant cette date : ${moment}.`,
  reply: (how, hasButtons) => `${hasButtons ? 'Ou répondez' : 'Répondez'} à cet e-mail avec ${how}.`,
  replyWith: {
    yesNo: 'OUI ou NON',
    place: 'le numéro de votre choix',
    places: 'les numéros de votre choix, séparés par des virgules',
    option: 'votre choix',
    options: 'vos choix, séparés par des virgules',
    text: 'votre réponse',
    number: (range) => `un nombre${inRange(range, ' de ', ' à ', ' à partir de ', ' jusqu’à ')}`,
    date: 'une date, par exemple 2026-11-27',
    rsvp: 'OUI, NON ou PEUT-ÊTRE',
    party: 'OUI, NON ou PEUT-ÊTRE et combien vous serez, par exemple OUI 2',
  },
  unsubscribe: 'Ne plus recevoir de tels messages',
}

const portuguese: Phrases = {
  language: 'pt',
  asks: (name) => `${name} pergunta:`,
  writes: (name) => `${name} escreve:`,
  reminderSubject: (subject) => `Lembrete: ${subject}`,
  reminder: 'Um lembrete: ainda não temos a sua resposta.',
  changedSubject: (subject) => `Alterado: ${subject}`,
  cancelledSubject: (subject) => `Cancelado: ${subject}`,
  answeredSubject: (subject) => `Respondido: ${subject}`,
  when: 'Quando:',
  where: 'Onde:',
  answer: 'Responder',
  answerBefore: (moment) => `Por favor, responda antes desta data: ${moment}.`,
  reply: (how, hasButtons) => `${hasButtons ? 'Ou responda' : 'Responda'} a este e-mail com ${how}.`,
  replyWith: {
    yesNo: 'SIM ou NÃO',
    place: 'o número da sua escolha',
    places: 'os números da sua escolha, separados por vírgulas',
    option: 'a sua escolha',
    options: 'as suas escolhas, separadas por vírgulas',
    text: 'a sua resposta',
    number: (range) => `um número${inRange(range, ' de ', ' a ', ' a partir de ', ' até ')}`,
    date: 'uma data, por exemplo 2026-11-27',
    rsvp: 'SIM, NÃO ou TALVEZ',
    party: 'SIM, NÃO ou TALVEZ e quantos vêm, por exemplo SIM 2',
  },
  unsubscribe: 'Não receber mais mensagens como esta',
}

function inRange(
  { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined },
  ...[from, to, atLeast, atMost]: readonly [string, string, string, string]
): string {
  if (min !== undefined && max !== undefined) return `${from}${min}${to}${max}`
  if (min !== undefined) return `${atLeast}${min}`
  return max === undefined ? '' : `${atMost}${max}`
}

const phraseTables = {
  en: english,
  ru: russian,
  de: german,
  es: spanish,
  fr: french,
  pt: portuguese,
} satisfies Readonly<Record<string, Phrases>>

/**
 * Finds the words for a locale.
 *
 * @param locale BCP 47, `ru-RU`; only the language counts, and an unknown one gives English
 */
export function phrasesFor(locale: string): Phrases {
  return inLanguage(phraseTables, locale)
}

/**
 * Says how to answer by replying.
 *
 * @param hasButtons true when there is another way too
 * @returns undefined when a reply cannot carry this type
 */
export function replyHint(spec: AnswerSpec, phrases: Phrases, hasButtons: boolean): string | undefined {
  const how = replyWords(spec, phrases.replyWith)
  return how === undefined ? undefined : phrases.reply(how, hasButtons)
}

function replyWords(spec: AnswerSpec, words: ReplyWords): string | undefined {
  switch (spec.type) {
    case 'yesNo':
    case 'text':
    case 'date':
      return words[spec.type]
    case 'choice':
      if (canBeNumbered(spec.options)) return spec.multiple ? words.places : words.place
      return spec.multiple ? words.options : words.option
    case 'number':
      return words.number(spec)
    case 'rsvp':
      return spec.maxParty > 1 ? words.party : words.rsvp
    case 'form':
      return undefined
  }
}
