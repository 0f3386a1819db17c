import { pickLanguage } from './pick-language.ts'

/** The words on buttons and in summaries, in one language. */
export interface AnswerLabels {
  readonly yes: string
  readonly no: string
  readonly maybe: string
  /** How many come, for every plural form the language has: `one`, `few`, `many`, `other` (CLDR). */
  readonly people: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }
}

const labels = {
  en: { yes: 'Yes', no: 'No', maybe: 'Maybe', people: { one: 'person', other: 'people' } },
  ru: {
    yes: 'Да',
    no: 'Нет',
    maybe: 'Может быть',
    people: { one: 'человек', few: 'человека', other: 'человек' },
  },
  de: { yes: 'Ja', no: 'Nein', maybe: 'Vielleicht', people: { one: 'Person', other: 'Personen' } },
  es: { yes: 'Sí', no: 'No', maybe: 'Quizás', people: { one: 'persona', other: 'personas' } },
  fr: { yes: 'Oui', no: 'Non', maybe: 'Peut-être', people: { one: 'personne', other: 'personnes' } },
  pt: { yes: 'Sim', no: 'Não', maybe: 'Talvez', people: { one: 'pessoa', other: 'pessoas' } },
} as const satisfies Readonly<Record<string, AnswerLabels>>

/** Labels in the language of a locale; English when there are none in it. */
export function labelsFor(locale: string): AnswerLabels {
  return pickLanguage<keyof typeof labels, AnswerLabels>(locale, labels, 'en')
}
