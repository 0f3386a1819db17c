import type { AnswerHints } from './hint-table.ts'
import { listOptions } from './list-options.ts'

/** Hints in Spanish. */
export const spanish: AnswerHints = {
  yesNo: 'Por favor, responde solo «sí» o «no».',
  rsvp: (maxParty) =>
    `Por favor, responde «sí», «no» o «tal vez»${maxParty > 1 ? ', y cuántas personas: «sí, 2»' : ''}.`,
  party: (maxParty) =>
    maxParty > 1
      ? `El número de personas debe ser un número entero de 1 a ${maxParty}.`
      : 'Esta invitación es para una persona.',
  chooseOne: (options) => `Por favor, elige una de estas, por número o por nombre: ${listOptions(options)}.`,
  chooseSome: (options) =>
    `Por favor, elige entre estas, por número o por nombre, separadas por comas: ${listOptions(options)}.`,
  writeOne: (options) => `Por favor, escribe una de estas tal como está aquí: ${listOptions(options)}.`,
  writeSome: (options) =>
    `Por favor, escribe lo que eliges tal como está aquí, separado por comas: ${listOptions(options)}.`,
  onlyOne: (options) => `Por favor, elige solo una de estas: ${listOptions(options)}.`,
  optionNumber: (count) => `Por favor, elige un número de 1 a ${count}.`,
  textMissing: 'Por favor, escribe algo.',
  textTooLong: (maxLength, length) =>
    `Por favor, escribe como máximo ${maxLength} caracteres; eran ${length}.`,
  number: (integer) =>
    integer
      ? 'Por favor, envía un número entero, por ejemplo 3.'
      : 'Por favor, envía un número, por ejemplo 3 o 2,5.',
  numberAmbiguous: (grouped, decimal) =>
    `Este número se puede leer de dos maneras. Por favor, escribe ${grouped} o ${decimal}.`,
  numberTooLong: 'Este número es demasiado largo. Por favor, envía uno de 15 cifras como máximo.',
  numberWhole: 'Por favor, envía un número entero.',
  atLeast: (least) => `El número debe ser ${least} o más.`,
  atMost: (most) => `El número debe ser ${most} o menos.`,
  date: 'Por favor, envía una fecha como año-mes-día, por ejemplo 2027-03-31.',
  dateAmbiguous: (dayFirst, monthFirst) =>
    `Esta fecha se puede leer de dos maneras. Por favor, escribe ${dayFirst} o ${monthFirst}.`,
  dateImpossible: 'Ese día no existe. Por favor, envía una fecha como año-mes-día, por ejemplo 2027-03-31.',
  dateEarliest: (earliest) => `La fecha debe ser el ${earliest} o después.`,
  dateLatest: (latest) => `La fecha debe ser el ${latest} o antes.`,
  formElsewhere: 'Por favor, responde en la página del enlace del mensaje.',
  formUnreadable: 'Este formulario no se puede rellenar. Por favor, avisa a quien pregunta.',
  fieldMissing: (field) => `Por favor, rellena «${field}».`,
  fieldRepeated: (field) => `Por favor, rellena «${field}» una sola vez.`,
  field: (field, hint) => `«${field}»: ${hint}`,
  fieldWrong: 'Por favor, revisa esta respuesta; no es del tipo que se pide.',
  email: 'Por favor, escribe una dirección de correo, por ejemplo ann@example.com.',
  webAddress: 'Por favor, escribe una dirección web, por ejemplo https://example.com.',
  time: 'Por favor, escribe una hora como horas:minutos, por ejemplo 18:30.',
  shortest: (length) => `Por favor, escribe al menos ${length} caracteres.`,
  longest: (length) => `Por favor, escribe como máximo ${length} caracteres.`,
  fewest: (count) => `Por favor, da al menos ${count}.`,
  most: (count) => `Por favor, da como máximo ${count}.`,
}
