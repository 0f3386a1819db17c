import type { AnswerHints } from './hint-table.ts'
import { listOptions } from './list-options.ts'

/** Hints in Portuguese. */
export const portuguese: AnswerHints = {
  yesNo: 'Por favor, responda só «sim» ou «não».',
  rsvp: (maxParty) =>
    `Por favor, responda «sim», «não» ou «talvez»${maxParty > 1 ? ', e quantas pessoas: «sim, 2»' : ''}.`,
  party: (maxParty) =>
    maxParty > 1
      ? `O número de pessoas deve ser um número inteiro de 1 a ${maxParty}.`
      : 'Este convite é para uma pessoa.',
  chooseOne: (options) => `Por favor, escolha uma destas, por número ou por nome: ${listOptions(options)}.`,
  chooseSome: (options) =>
    `Por favor, escolha entre estas, por número ou por nome, separadas por vírgulas: ${listOptions(options)}.`,
  writeOne: (options) => `Por favor, escreva uma destas tal como está aqui: ${listOptions(options)}.`,
  writeSome: (options) =>
    `Por favor, escreva o que escolhe tal como está aqui, separado por vírgulas: ${listOptions(options)}.`,
  onlyOne: (options) => `Por favor, escolha só uma destas: ${listOptions(options)}.`,
  optionNumber: (count) => `Por favor, escolha um número de 1 a ${count}.`,
  textMissing: 'Por favor, escreva alguma coisa.',
  textTooLong: (maxLength, length) => `Por favor, escreva no máximo ${maxLength} caracteres; eram ${length}.`,
  number: (integer) =>
    integer
      ? 'Por favor, envie um número inteiro, por exemplo 3.'
      : 'Por favor, envie um número, por exemplo 3 ou 2,5.',
  numberAmbiguous: (grouped, decimal) =>
    `Este número pode ser lido de duas maneiras. Por favor, escreva ${grouped} ou ${decimal}.`,
  numberTooLong: 'Este número é longo demais. Por favor, envie um com no máximo 15 algarismos.',
  numberWhole: 'Por favor, envie um número inteiro.',
  atLeast: (least) => `O número deve ser ${least} ou mais.`,
  atMost: (most) => `O número deve ser ${most} ou menos.`,
  date: 'Por favor, envie uma data como ano-mês-dia, por exemplo 2027-03-31.',
  dateAmbiguous: (dayFirst, monthFirst) =>
    `Esta data pode ser lida de duas maneiras. Por favor, escreva ${dayFirst} ou ${monthFirst}.`,
  dateImpossible: 'Esse dia não existe. Por favor, envie uma data como ano-mês-dia, por exemplo 2027-03-31.',
  dateEarliest: (earliest) => `A data deve ser ${earliest} ou depois.`,
  dateLatest: (latest) => `A data deve ser ${latest} ou antes.`,
  formElsewhere: 'Por favor, responda na página da ligação que está na mensagem.',
  formUnreadable: 'Este formulário não pode ser preenchido. Por favor, avise quem pergunta.',
  fieldMissing: (field) => `Por favor, preencha «${field}».`,
  fieldRepeated: (field) => `Por favor, preencha «${field}» só uma vez.`,
  field: (field, hint) => `«${field}»: ${hint}`,
  fieldWrong: 'Por favor, confira esta resposta; ela não é do tipo pedido.',
  email: 'Por favor, escreva um endereço de e-mail, por exemplo ann@example.com.',
  webAddress: 'Por favor, escreva um endereço web, por exemplo https://example.com.',
  time: 'Por favor, escreva uma hora como horas:minutos, por exemplo 18:30.',
  shortest: (length) => `Por favor, escreva pelo menos ${length} caracteres.`,
  longest: (length) => `Por favor, escreva no máximo ${length} caracteres.`,
  fewest: (count) => `Por favor, dê pelo menos ${count}.`,
  most: (count) => `Por favor, dê no máximo ${count}.`,
}
