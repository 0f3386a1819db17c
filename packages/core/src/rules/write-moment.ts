import { pickLanguage } from './answers/pick-language.ts'

/** Languages our own sentences are written in; dates in a sentence follow its language. */
const languages = { en: 'en', ru: 'ru', de: 'de', es: 'es', fr: 'fr', pt: 'pt' } as const

/**
 * Writes a moment for people, short: "26 Nov 2026, 18:00 UTC". The reader's zone is not known, so it is in UTC and says so.
 * Needs no letter outside GSM-7, where a text message would cost twice as much, but for Russian.
 *
 * @param locale BCP 47, whatever it holds: `en-GB` gets 18:00 and `en-US` 6:00 PM; a language that is not among ours gets English
 */
export function writeMoment(moment: Date, locale: string): string {
  return `${inCheapLetters(formatFor(locale, 'moment').format(moment))} UTC`
}

/** Writes a span of time with the day of the week, as {@link writeMoment}: "Fri, 27 Nov 2026, 19:00-21:00 UTC". */
export function writeSpan(start: Date, end: Date, locale: string): string {
  return `${inCheapLetters(formatFor(locale, 'span').formatRange(start, end))} UTC`
}

/** What `Intl` writes outside GSM-7: the dashes of typographers, and the accents of `sáb.` and `août`. */
const dear: Readonly<Record<string, string>> = { '\u2013': '-', '\u2014': '-', á: 'a', û: 'u' }

function inCheapLetters(text: string): string {
  return text.replace(/[\u00a0\u2009\u202f]/g, ' ').replace(/[–—áû]/g, (letter) => dear[letter] ?? letter)
}

/** By locale and use. A locale comes from outside, but only language and country are kept: a few hundred at most. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(locale: string, use: 'moment' | 'span'): Intl.DateTimeFormat {
  const country = /^[a-z]+[-_]([a-z]{2})$/i.exec(locale.trim())?.[1]
  const language = pickLanguage(locale, languages, 'en')
  const tag = country === undefined ? language : `${language}-${country.toUpperCase()}`
  const known = formats.get(`${use} ${tag}`)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat(tag, {
    ...(use === 'span' && { weekday: 'short' }),
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
  })
  formats.set(`${use} ${tag}`, format)
  return format
}
