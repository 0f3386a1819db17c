import { pickLanguage } from './answers/pick-language.ts'

/** Languages our own sentences are written in; dates in a sentence follow its language. */
const languages = { en: 'en', ru: 'ru', de: 'de', es: 'es', fr: 'fr', pt: 'pt' } as const

/**
 * Writes a moment for people, short: "26 Nov 2026, 19:00 GMT+1". It always says which zone it is in.
 * Needs no letter outside GSM-7, where a text message would cost twice as much, but for Russian.
 *
 * @param locale BCP 47, whatever it holds: `en-GB` gets 18:00 and `en-US` 6:00 PM; a language that is not among ours gets English
 * @param zone IANA zone of the reader; one that is none counts as UTC
 */
export function writeMoment(moment: Date, locale: string, zone = 'UTC'): string {
  const written = formatFor(locale, 'moment', knownZone(zone)).format(moment)
  return `${inCheapLetters(written)} ${zoneName(moment, zone)}`
}

/** Writes a span of time with the day of the week, as {@link writeMoment}: "Fri, 27 Nov 2026, 19:00-21:00 UTC". */
export function writeSpan(start: Date, end: Date, locale: string, zone = 'UTC'): string {
  const written = formatFor(locale, 'span', knownZone(zone)).formatRange(start, end)
  return `${inCheapLetters(written)} ${zoneName(start, zone)}`
}

/** How far a zone's clocks are from UTC at a moment, as people read it: `GMT+1`, `GMT+5:30`; `UTC` for that itself. */
export function zoneName(moment: Date, zone: string): string {
  const known = knownZone(zone)
  if (known === 'UTC') return 'UTC'
  const parts = offsetFormatFor(known).formatToParts(moment)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC'
}

/** The zone itself when this machine knows it, else UTC. */
export function knownZone(zone: string): string {
  return offsetFormatFor(zone).resolvedOptions().timeZone
}

/** Formats of a kind that are kept; afterwards they are made anew. */
const mostFormats = 500
const offsetFormats = new Map<string, Intl.DateTimeFormat>()

/** A few hundred zones exist, each under many spellings; texts that are none are not kept. */
function offsetFormatFor(zone: string): Intl.DateTimeFormat {
  const kept = offsetFormats.get(zone)
  if (kept !== undefined) return kept
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' })
    if (offsetFormats.size >= mostFormats) offsetFormats.clear()
    offsetFormats.set(zone, format)
    return format
  } catch {
    return offsetFormatFor('UTC')
  }
}

/** What `Intl` writes outside GSM-7: the dashes of typographers, and the accents of `sáb.` and `août`. */
const dear: Readonly<Record<string, string>> = { '\u2013': '-', '\u2014': '-', á: 'a', û: 'u' }

function inCheapLetters(text: string): string {
  return text.replace(/[\u00a0\u2009\u202f]/g, ' ').replace(/[–—áû]/g, (letter) => dear[letter] ?? letter)
}

/** By locale, use and zone. A locale comes from outside, but only language and country are kept. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(locale: string, use: 'moment' | 'span', zone: string): Intl.DateTimeFormat {
  const country = /^[a-z]+[-_]([a-z]{2})$/i.exec(locale.trim())?.[1]
  const language = pickLanguage(locale, languages, 'en')
  const tag = country === undefined ? language : `${language}-${country.toUpperCase()}`
  const key = `${use} ${tag} ${zone}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat(tag, {
    ...(use === 'span' && { weekday: 'short' }),
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone,
  })
  if (formats.size >= mostFormats) formats.clear()
  formats.set(key, format)
  return format
}
