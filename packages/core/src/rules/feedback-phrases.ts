import { pickLanguage } from './answers/pick-language.ts'

/** What a person is told after answering, in one language. `answer` and `moment` are already written in it. */
export interface FeedbackPhrases {
  readonly noted: (answer: string) => string
  readonly notedNothing: string
  readonly repeated: (answer: string) => string
  readonly repeatedNothing: string
  readonly changeUntil: (moment: string) => string
  readonly late: Readonly<Record<'expired' | 'cancelled' | 'superseded' | 'closed', string>>
  readonly answered: (answer: string) => string
  readonly answeredNothing: string
  readonly declined: string
  readonly closed: string
  readonly calledOff: string
  readonly changed: string
  readonly whichQuestion: string
  readonly connected: (name: string | undefined) => string
}

const english: FeedbackPhrases = {
  noted: (answer) => `Thank you, noted: ${answer}.`,
  notedNothing: 'Thank you, noted.',
  repeated: (answer) => `Thank you, this is noted already: ${answer}.`,
  repeatedNothing: 'Thank you, this is noted already.',
  changeUntil: (moment) => `You can change it until ${moment}.`,
  late: {
    expired: 'This question is already closed: the time to answer is over.',
    cancelled: 'This question was called off, so nothing was noted.',
    superseded: 'This question was replaced by a newer one. Please answer that one.',
    closed: 'This question is already closed.',
  },
  answered: (answer) => `Answered: ${answer}`,
  answeredNothing: 'Answered.',
  declined: 'Declined.',
  closed: 'This question is closed.',
  calledOff: 'Called off.',
  changed: 'Changed: see the new time and place.',
  whichQuestion: 'Which question do you mean? Reply with its number:',
  connected: (name) =>
    name === undefined ? 'Done: messages will come here.' : `Done, ${name}: your messages will come here.`,
}

const russian: FeedbackPhrases = {
  noted: (answer) => `Спасибо, записали: ${answer}.`,
  notedNothing: 'Спасибо, записали.',
  repeated: (answer) => `Спасибо, это уже записано: ${answer}.`,
  repeatedNothing: 'Спасибо, это уже записано.',
  changeUntil: (moment) => `Ответ можно изменить до: ${moment}.`,
  late: {
    expired: 'Этот вопрос уже закрыт: время для ответа вышло.',
    cancelled: 'Этот вопрос отменён, ответ не записан.',
    superseded: 'Вместо этого вопроса есть новый. Пожалуйста, ответьте на него.',
    closed: 'Этот вопрос уже закрыт.',
  },
  answered: (answer) => `Ответ: ${answer}`,
  answeredNothing: 'Ответ получен.',
  declined: 'Получен отказ.',
  closed: 'Этот вопрос закрыт.',
  calledOff: 'Отменено.',
  changed: 'Изменено: смотрите новое время и место.',
  whichQuestion: 'На какой вопрос вы отвечаете? Пришлите его номер:',
  connected: (name) =>
    name === undefined
      ? 'Готово: сообщения будут приходить сюда.'
      : `Готово, ${name}: сообщения для вас будут приходить сюда.`,
}

const german: FeedbackPhrases = {
  noted: (answer) => `Danke, notiert: ${answer}.`,
  notedNothing: 'Danke, notiert.',
  repeated: (answer) => `Danke, das ist schon notiert: ${answer}.`,
  repeatedNothing: 'Danke, das ist schon notiert.',
  changeUntil: (moment) => `Ändern geht bis ${moment}.`,
  late: {
    expired: 'Diese Frage ist schon geschlossen: Die Zeit zum Antworten ist vorbei.',
    cancelled: 'Diese Frage wurde zurückgezogen, es wurde nichts notiert.',
    superseded: 'Diese Frage wurde durch eine neue ersetzt. Bitte die neue beantworten.',
    closed: 'Diese Frage ist schon geschlossen.',
  },
  answered: (answer) => `Beantwortet: ${answer}`,
  answeredNothing: 'Beantwortet.',
  declined: 'Abgesagt.',
  closed: 'Diese Frage ist geschlossen.',
  calledOff: 'Zurückgezogen.',
  changed: 'Geändert: bitte neue Zeit und neuen Ort beachten.',
  whichQuestion: 'Welche Frage ist gemeint? Bitte mit ihrer Nummer antworten:',
  connected: (name) =>
    name === undefined
      ? 'Fertig: Nachrichten kommen ab jetzt hier an.'
      : `Fertig, ${name}: Nachrichten kommen ab jetzt hier an.`,
}

const spanish: FeedbackPhrases = {
  noted: (answer) => `Gracias, anotado: ${answer}.`,
  notedNothing: 'Gracias, anotado.',
  repeated: (answer) => `Gracias, ya estaba anotado: ${answer}.`,
  repeatedNothing: 'Gracias, ya estaba anotado.',
  changeUntil: (moment) => `Se puede cambiar hasta el ${moment}.`,
  late: {
    expired: 'Esta pregunta ya está cerrada: el plazo ha terminado.',
    cancelled: 'Esta pregunta se ha cancelado y no se ha anotado nada.',
    superseded: 'Hay una pregunta nueva en lugar de esta. Responde a la nueva, por favor.',
    closed: 'Esta pregunta ya está cerrada.',
  },
  answered: (answer) => `Respondido: ${answer}`,
  answeredNothing: 'Respondido.',
  declined: 'Rechazado.',
  closed: 'Esta pregunta está cerrada.',
  calledOff: 'Cancelado.',
  changed: 'Cambiado: mira la nueva hora y el nuevo lugar.',
  whichQuestion: '¿A qué pregunta respondes? Responde con su número:',
  connected: (name) =>
    name === undefined ? 'Listo: los mensajes llegarán aquí.' : `Listo, ${name}: tus mensajes llegarán aquí.`,
}

const french: FeedbackPhrases = {
  noted: (answer) => `Merci, c'est noté : ${answer}.`,
  notedNothing: "Merci, c'est noté.",
  repeated: (answer) => `Merci, c'était déjà noté : ${answer}.`,
  repeatedNothing: "Merci, c'était déjà noté.",
  changeUntil: (moment) => `Modifiable jusqu'au ${moment}.`,
  late: {
    expired: 'Cette question est déjà close : le délai est passé.',
    cancelled: "Cette question a été annulée, rien n'a été noté.",
    superseded: 'Cette question a été remplacée par une autre. Répondez à la nouvelle, svp.',
    closed: 'Cette question est déjà close.',
  },
  answered: (answer) => `Répondu : ${answer}`,
  answeredNothing: 'Répondu.',
  declined: 'Refusé.',
  closed: 'Cette question est close.',
  calledOff: 'Annulé.',
  changed: 'Modifié : voir la nouvelle heure et le nouveau lieu.',
  whichQuestion: 'De quelle question parlez-vous ? Répondez par son numéro :',
  connected: (name) =>
    name === undefined
      ? "C'est fait : les messages arriveront ici."
      : `C'est fait, ${name} : vos messages arriveront ici.`,
}

const portuguese: FeedbackPhrases = {
  noted: (answer) => `Obrigado, anotado: ${answer}.`,
  notedNothing: 'Obrigado, anotado.',
  repeated: (answer) => `Obrigado, já estava anotado: ${answer}.`,
  repeatedNothing: 'Obrigado, já estava anotado.',
  changeUntil: (moment) => `Pode mudar até ${moment}.`,
  late: {
    expired: 'Esta pergunta já está fechada: o prazo terminou.',
    cancelled: 'Esta pergunta foi cancelada e nada foi anotado.',
    superseded: 'Esta pergunta foi trocada por outra. Responda à nova, por favor.',
    closed: 'Esta pergunta já está fechada.',
  },
  answered: (answer) => `Respondido: ${answer}`,
  answeredNothing: 'Respondido.',
  declined: 'Recusado.',
  closed: 'Esta pergunta está fechada.',
  calledOff: 'Cancelado.',
  changed: 'Mudou: veja a nova hora e o novo lugar.',
  whichQuestion: 'A que pergunta responde? Responda com o número:',
  connected: (name) =>
    name === undefined
      ? 'Pronto: as mensagens chegarão aqui.'
      : `Pronto, ${name}: as suas mensagens chegarão aqui.`,
}

const tables = { en: english, ru: russian, de: german, es: spanish, fr: french, pt: portuguese } as const

/** Phrases in the language of a locale; English when there are none in it. */
export function feedbackPhrasesFor(locale: string): FeedbackPhrases {
  return pickLanguage<keyof typeof tables, FeedbackPhrases>(locale, tables, 'en')
}
