import type { AnswerHints } from './hint-table.ts'
import { listOptions } from './list-options.ts'

/** Hints in Russian. */
export const russian: AnswerHints = {
  yesNo: 'Пожалуйста, ответьте только «да» или «нет».',
  rsvp: (maxParty) =>
    `Пожалуйста, ответьте «да», «нет» или «может быть»${maxParty > 1 ? ' и сколько вас: «да, 2»' : ''}.`,
  party: (maxParty) =>
    maxParty > 1
      ? `Число людей должно быть целым, от 1 до ${maxParty}.`
      : 'Это приглашение на одного человека.',
  chooseOne: (options) => `Пожалуйста, выберите одно, номером или словами: ${listOptions(options)}.`,
  chooseSome: (options) =>
    `Пожалуйста, выберите из этого, номерами или словами, через запятую: ${listOptions(options)}.`,
  writeOne: (options) => `Пожалуйста, напишите одно из этого так, как здесь: ${listOptions(options)}.`,
  writeSome: (options) =>
    `Пожалуйста, напишите выбранное так, как здесь, через запятую: ${listOptions(options)}.`,
  onlyOne: (options) => `Пожалуйста, выберите только одно: ${listOptions(options)}.`,
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
