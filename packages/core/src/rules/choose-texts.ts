import type { LocaleTexts, TemplateParts } from '../model/template.ts'

/**
 * Chooses the locale of a template for a person: theirs, their language in any region, then the same of the workspace, else the
 * first.
 *
 * @param wanted best first
 */
export function chooseLocale(known: readonly string[], wanted: readonly string[]): string | undefined {
  for (const locale of wanted) {
    const found = exactly(known, locale) ?? exactly(known, languageOf(locale)) ?? sameLanguage(known, locale)
    if (found !== undefined) return found
  }
  return known[0]
}

/** The parts of a text for one channel; what the channel has no words of its own for is as for all. */
export function partsFor(texts: LocaleTexts, channel: string | null): TemplateParts {
  const own = channel === null ? undefined : texts.channels?.[channel]
  return {
    text: own?.text ?? texts.text,
    subject: own?.subject ?? texts.subject,
    details: own?.details ?? texts.details,
  }
}

function exactly(known: readonly string[], wanted: string): string | undefined {
  return known.find((locale) => locale.toLowerCase() === wanted.toLowerCase())
}

function sameLanguage(known: readonly string[], wanted: string): string | undefined {
  return known.find((locale) => exactly([languageOf(locale)], languageOf(wanted)) !== undefined)
}

function languageOf(locale: string): string {
  return locale.split('-', 1)[0] ?? locale
}
