import { inLanguage } from '../shared/in-language.ts'

/** What a pressed button says where the engine has no words: in the language of the person's Telegram. */
export interface ButtonPhrases {
  /** Somebody else's button was pressed. */
  readonly forAnother: string
  /** The question is gone: answered and forgotten, or never ours. */
  readonly closed: string
}

const tables = {
  en: { forAnother: 'This question is for somebody else.', closed: 'This question is closed.' },
  ru: { forAnother: 'Этот вопрос задан не вам.', closed: 'Этот вопрос закрыт.' },
  de: { forAnother: 'Diese Frage ist für jemand anderen.', closed: 'Diese Frage ist geschlossen.' },
  es: { forAnother: 'Esta pregunta es para otra persona.', closed: 'Esta pregunta está cerrada.' },
  fr: { forAnother: 'Cette question s’adresse à quelqu’un d’autre.', closed: 'Cette question est close.' },
  pt: { forAnother: 'Esta pergunta é para outra pessoa.', closed: 'Esta pergunta está encerrada.' },
} satisfies Readonly<Record<string, ButtonPhrases>>

/** Finds the words for a language tag; an unknown one gives English. */
export function buttonPhrasesFor(locale: string): ButtonPhrases {
  return inLanguage(tables, locale)
}
