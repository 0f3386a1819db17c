import { english } from './hints/english.ts'
import { french } from './hints/french.ts'
import { german } from './hints/german.ts'
import type { AnswerHints } from './hints/hint-table.ts'
import { portuguese } from './hints/portuguese.ts'
import { russian } from './hints/russian.ts'
import { spanish } from './hints/spanish.ts'
import { pickLanguage } from './pick-language.ts'

export type { AnswerHints } from './hints/hint-table.ts'

/** Languages hints are written in. Adding one is adding a table of type {@link AnswerHints}. */
const hints = { en: english, ru: russian, de: german, es: spanish, fr: french, pt: portuguese } as const

/** Hints in the language of a locale; English when there are none in it. */
export function hintsFor(locale: string): AnswerHints {
  return pickLanguage<keyof typeof hints, AnswerHints>(locale, hints, 'en')
}
