/** One of the languages on offer, and the person's own variety of it. */
export interface ChosenLanguage {
  /** `ru` */
  readonly language: string
  /** `ru-RU`, canonical BCP 47. */
  readonly locale: string
}

/**
 * Chooses the first wanted locale whose language is on offer.
 *
 * @param wanted BCP 47 tags, best first; nonsense is passed over
 * @param offered language subtags in lower case
 */
export function chooseLanguage(
  wanted: readonly string[],
  offered: readonly string[],
): ChosenLanguage | undefined {
  for (const tag of wanted) {
    const locale = canonicalLocale(tag)
    const language = locale?.split('-', 1)[0]
    if (locale !== undefined && language !== undefined && offered.includes(language))
      return { language, locale }
  }
  return undefined
}

/** A BCP 47 tag in its canonical spelling; `undefined` when it is none. */
export function canonicalLocale(tag: string): string | undefined {
  try {
    return tag.length > 35 ? undefined : Intl.getCanonicalLocales(tag.trim().replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}

/**
 * Reads an `Accept-Language` header (RFC 9110 §12.5.4).
 *
 * @param header as it came; `null` when absent
 * @returns tags, best first, without those of weight 0 and `*`; at most 20
 */
export function acceptedLocales(header: string | null): readonly string[] {
  return (header ?? '')
    .slice(0, 1_000)
    .split(',', 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return { tag, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ tag, weight }) => tag !== '' && tag !== '*' && weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag)
}
