import type { AnswerOption } from '../../model/answer.ts'
import { pickLanguage } from './pick-language.ts'

/** The sentences that tell a person what to send instead, in one language. */
export interface AnswerHints {
  readonly yesNo: string
  readonly rsvp: (maxParty: number) => string
  readonly party: (maxParty: number) => string
  readonly chooseOne: (options: readonly AnswerOption[]) => string
  readonly chooseSome: (options: readonly AnswerOption[]) => string
  readonly onlyOne: (options: readonly AnswerOption[]) => string
  readonly optionNumber: (count: number) => string
  readonly textMissing: string
  readonly textTooLong: (maxLength: number, length: number) => string
  readonly number: (integer: boolean) => string
  readonly numberAmbiguous: (grouped: string, decimal: string) => string
  readonly numberTooLong: string
  readonly numberWhole: string
  readonly atLeast: (least: string) => string
  readonly atMost: (most: string) => string
  readonly date: string
  readonly dateAmbiguous: (dayFirst: string, monthFirst: string) => string
  readonly dateImpossible: string
  readonly dateEarliest: (earliest: string) => string
  readonly dateLatest: (latest: string) => string
  readonly formElsewhere: string
  readonly formUnreadable: string
  readonly fieldMissing: (field: string) => string
  readonly fieldRepeated: (field: string) => string
  readonly field: (field: string, hint: string) => string
  readonly fieldWrong: string
  readonly email: string
  readonly webAddress: string
  readonly time: string
  readonly shortest: (length: number) => string
  readonly longest: (length: number) => string
  readonly fewest: (count: number) => string
  readonly most: (count: number) => string
}

const english: AnswerHints = {
  yesNo: 'Please answer "yes" or "no", nothing else.',
  rsvp: (maxParty) =>
    `Please answer "yes", "no" or "maybe"${maxParty > 1 ? ', and how many you are: "yes, 2"' : ''}.`,
  party: (maxParty) =>
    maxParty > 1
      ? `The number of people must be a whole number from 1 to ${maxParty}.`
      : 'This invitation is for one person.',
  chooseOne: (options) => `Please choose one of these, by number or by name: ${numberedList(options)}.`,
  chooseSome: (options) =>
    `Please choose from these, by number or by name, with commas between them: ${numberedList(options)}.`,
  onlyOne: (options) => `Please choose only one of these: ${numberedList(options)}.`,
  optionNumber: (count) => `Please choose a number from 1 to ${count}.`,
  textMissing: 'Please write something.',
  textTooLong: (maxLength, length) => `Please write at most ${maxLength} characters; these were ${length}.`,
  number: (integer) =>
    integer ? 'Please send a whole number, for example 3.' : 'Please send a number, for example 3 or 2.5.',
  numberAmbiguous: (grouped, decimal) =>
    `This number can be read in two ways. Please write ${grouped} or ${decimal}.`,
  numberTooLong: 'This number is too long. Please send one with at most 15 digits.',
  numberWhole: 'Please send a whole number.',
  atLeast: (least) => `The number must be ${least} or more.`,
  atMost: (most) => `The number must be ${most} or less.`,
  date: 'Please send a date as year-month-day, for example 2027-03-31.',
  dateAmbiguous: (dayFirst, monthFirst) =>
    `This date can be read in two ways. Please write ${dayFirst} or ${monthFirst}.`,
  dateImpossible: 'There is no such day. Please send a date as year-month-day, for example 2027-03-31.',
  dateEarliest: (earliest) => `The date must be ${earliest} or later.`,
  dateLatest: (latest) => `The date must be ${latest} or earlier.`,
  formElsewhere: 'Please answer on the page behind the link in the message.',
  formUnreadable: 'This form cannot be filled in. Please tell the person who asks.',
  fieldMissing: (field) => `Please fill in "${field}".`,
  fieldRepeated: (field) => `Please fill in "${field}" only once.`,
  field: (field, hint) => `"${field}": ${hint}`,
  fieldWrong: 'Please check this answer; it is not of the kind asked for.',
  email: 'Please write an e-mail address, for example ann@example.com.',
  webAddress: 'Please write a web address, for example https://example.com.',
  time: 'Please write a time as hours:minutes, for example 18:30.',
  shortest: (length) => `Please write at least ${length} characters.`,
  longest: (length) => `Please write at most ${length} characters.`,
  fewest: (count) => `Please give at least ${count}.`,
  most: (count) => `Please give at most ${count}.`,
}

const russian: AnswerHints = {
  yesNo: 'Пожалуйста, ответьте только «да» или «нет».',
  rsvp: (maxParty) =>
    `Пожалуйста, ответьте «да», «нет» или «может быть»${maxParty > 1 ? ' и сколько вас: «да, 2»' : ''}.`,
  party: (maxParty) =>
    maxParty > 1
      ? `Число людей должно быть целым, от 1 до ${maxParty}.`
      : 'Это приглашение на одного человека.',
  chooseOne: (options) => `Пожалуйста, выберите одно, номером или словами: ${numberedList(options)}.`,
  chooseSome: (options) =>
    `Пожалуйста, выберите из этого, номерами или словами, через запятую: ${numberedList(options)}.`,
  onlyOne: (options) => `Пожалуйста, выберите только одно: ${numberedList(options)}.`,
  optionNumber: (count) => `Пожалуйста, выберите номер от 1 до ${count}.`,
  textMissing: 'Пожалуйста, напишите что-нибудь.',
  textTooLong: (maxLength, length) => `Пожалуйста, не больше ${maxLength} знаков; получилось ${length}.`,
  number: (integer) =>
    integer
      ? 'Пожалуйста, пришлите целое число, например 3.'
      : 'Пожалуйста, пришлите число, например 3 или 2,5.',
  numberAmbiguous: (grouped, decimal) =>
    `Это число можно понять двояко. Пожалуйста, напишите ${grouped} или ${decimal}.`,
  numberTooLong: 'Это число слишком длинное. Пожалуйста, не больше 15 цифр.',
  numberWhole: 'Пожалуйста, пришлите целое число.',
  atLeast: (least) => `Число должно быть не меньше ${least}.`,
  atMost: (most) => `Число должно быть не больше ${most}.`,
  date: 'Пожалуйста, пришлите дату: день.месяц.год, например 31.03.2027.',
  dateAmbiguous: (dayFirst, monthFirst) =>
    `Эту дату можно понять двояко. Пожалуйста, напишите ${dayFirst} или ${monthFirst}.`,
  dateImpossible: 'Такого дня нет. Пожалуйста, пришлите дату: день.месяц.год, например 31.03.2027.',
  dateEarliest: (earliest) => `Дата должна быть не раньше ${earliest}.`,
  dateLatest: (latest) => `Дата должна быть не позже ${latest}.`,
  formElsewhere: 'Пожалуйста, ответьте на странице по ссылке из сообщения.',
  formUnreadable: 'Эту форму нельзя заполнить. Пожалуйста, сообщите тому, кто спрашивает.',
  fieldMissing: (field) => `Пожалуйста, заполните «${field}».`,
  fieldRepeated: (field) => `Пожалуйста, заполните «${field}» только один раз.`,
  field: (field, hint) => `«${field}»: ${hint}`,
  fieldWrong: 'Пожалуйста, проверьте этот ответ: он не того вида.',
  email: 'Пожалуйста, напишите адрес почты, например ann@example.com.',
  webAddress: 'Пожалуйста, напишите адрес страницы, например https://example.com.',
  time: 'Пожалуйста, напишите время: часы:минуты, например 18:30.',
  shortest: (length) => `Пожалуйста, не меньше ${length} знаков.`,
  longest: (length) => `Пожалуйста, не больше ${length} знаков.`,
  fewest: (count) => `Пожалуйста, не меньше ${count}.`,
  most: (count) => `Пожалуйста, не больше ${count}.`,
}

/** Languages hints are written in. Adding one is adding a table of type {@link AnswerHints}. */
const hints = { en: english, ru: russian } as const

/** Hints in the language of a locale; English when there are none in it. */
export function hintsFor(locale: string): AnswerHints {
  return pickLanguage(locale, hints, 'en')
}

const mostListed = 12

function numberedList(options: readonly AnswerOption[]): string {
  const listed = options.slice(0, mostListed).map((option, index) => `${index + 1} ${option.label}`)
  return options.length > mostListed ? `${listed.join(', ')}, …` : listed.join(', ')
}
