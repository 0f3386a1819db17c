/**
 * Chooses the table of texts for a locale: by its language alone, so `pt-BR` finds `pt`.
 *
 * @param locale BCP 47 as a person or browser gave it; may be nonsense
 * @param texts tables by language subtag in lower case
 * @param fallback key of `texts` for languages it does not hold
 */
export function pickLanguage<Language extends string, Text>(
  locale: string,
  texts: Readonly<Record<Language, Text>>,
  fallback: NoInfer<Language>,
): Text {
  const language = locale.trim().toLowerCase().split(/[-_]/, 1)[0] ?? ''
  return isKey(texts, language) ? texts[language] : texts[fallback]
}

function isKey<Language extends string>(
  texts: Readonly<Record<Language, unknown>>,
  language: string,
): language is Language {
  return Object.hasOwn(texts, language)
}
