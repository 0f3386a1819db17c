import { inLanguage } from '../shared/in-language.ts'

/** The few words of ours Discord needs beside those every chat shares, in one language. */
export interface DiscordWords {
  /** Title of the window in which an answer is written; at most 45 characters. */
  readonly yourAnswer: string
  readonly unsubscribe: string
  /** On a list of which several may be picked. */
  readonly pickSeveral: string
}

const tables = {
  en: { yourAnswer: 'Your answer', unsubscribe: 'Unsubscribe', pickSeveral: 'Choose one or several' },
  ru: { yourAnswer: 'Ваш ответ', unsubscribe: 'Отписаться', pickSeveral: 'Выберите один или несколько' },
  de: { yourAnswer: 'Deine Antwort', unsubscribe: 'Abmelden', pickSeveral: 'Eine oder mehrere wählen' },
  es: { yourAnswer: 'Tu respuesta', unsubscribe: 'Darse de baja', pickSeveral: 'Elige una o varias' },
  fr: {
    yourAnswer: 'Votre réponse',
    unsubscribe: 'Se désabonner',
    pickSeveral: 'Choisissez-en un ou plusieurs',
  },
  pt: { yourAnswer: 'Sua resposta', unsubscribe: 'Cancelar inscrição', pickSeveral: 'Escolha um ou mais' },
} satisfies Readonly<Record<string, DiscordWords>>

/** @param locale BCP 47, or as Discord writes it; only the language counts, and an unknown one gives English */
export function discordWordsFor(locale: string): DiscordWords {
  return inLanguage(tables, locale)
}
