/** For whom words are written: their locale and zone decide how dates and numbers look. */
export interface Reader {
  /** BCP 47. */
  readonly locale: string
  /** IANA. */
  readonly zone: string
}

/** What a filter is given beside its value: `'short'` plainly, `one: 'film'` as a pair. */
export type FilterArgument = unknown
type Filter = (reader: Reader, value: unknown, ...given: readonly FilterArgument[]) => string

/** A value that a filter cannot take; the sentence names no value. */
export class FilterProblem extends Error {}

/** A locale as the machine takes it; one it cannot read is English. */
export function usableLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0] ?? 'en'
  } catch {
    return 'en'
  }
}

const styles = ['full', 'long', 'medium', 'short'] as const
type Style = (typeof styles)[number]

/** Formatters are costly to make and the same for many people; a bound, for locales come from outside. */
const mostFormatters = 200
const formatters = new Map<string, unknown>()

/** Filters that write for a person: `{{ when | date: 'full' }}`, `{{ 3 | plural: one: '# film', other: '# films' }}`. */
export const personalFilters: Readonly<Record<string, Filter>> = {
  date: (reader, value, style = 'long') => moment(reader, value, { dateStyle: styleOf(style) }),
  time: (reader, value, style = 'short') => moment(reader, value, { timeStyle: styleOf(style) }),
  date_time: (reader, value, style = 'long') =>
    moment(reader, value, { dateStyle: styleOf(style), timeStyle: 'short' }),
  number: ({ locale }, value) => numberFormat(locale, {}).format(numberOf(value)),
  percent: ({ locale }, value) =>
    numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(numberOf(value) / 100),
  currency: ({ locale }, value, currency) => {
    if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
      throw new FilterProblem('currency wants a code such as "EUR"')
    return numberFormat(locale, { style: 'currency', currency }).format(numberOf(value))
  },
  list: ({ locale }, value) => {
    if (!Array.isArray(value)) throw new FilterProblem('list wants a list')
    const format = kept(`list ${locale}`, () => new Intl.ListFormat(locale, { type: 'conjunction' }))
    return format.format(value.map(String))
  },
  plural: ({ locale }, value, ...forms) => {
    const count = numberOf(value)
    const rules = kept(`plural ${locale}`, () => new Intl.PluralRules(locale))
    const words = Object.fromEntries(forms.filter((form): form is [string, unknown] => Array.isArray(form)))
    const chosen = words[`is_${String(count)}`] ?? words[rules.select(count)] ?? words['other']
    if (typeof chosen !== 'string')
      throw new FilterProblem("plural wants its forms, as in plural: one: '# film', other: '# films'")
    return chosen.replaceAll('#', numberFormat(locale, {}).format(count))
  },
}

function styleOf(style: unknown): Style {
  const found = styles.find((one) => one === style)
  if (found === undefined) throw new FilterProblem(`a date is written ${styles.join(', ')}`)
  return found
}

function moment({ locale, zone }: Reader, value: unknown, options: Intl.DateTimeFormatOptions): string {
  const text = value instanceof Date ? value.toISOString() : String(value)
  const at = Date.parse(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(at)) throw new FilterProblem('the value is no date')
  // A day is the same day everywhere.
  const timeZone = text.length === 10 ? 'UTC' : zone
  const key = `moment ${locale} ${timeZone} ${JSON.stringify(options)}`
  return kept(key, () => new Intl.DateTimeFormat(locale, { ...options, timeZone })).format(at)
}

function numberOf(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new FilterProblem('the value is no number')
  return number
}

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(`number ${locale} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options))
}

function kept<Format>(key: string, make: () => Format): Format {
  const known = formatters.get(key) as Format | undefined
  if (known !== undefined) return known
  if (formatters.size >= mostFormatters) formatters.clear()
  const made = make()
  formatters.set(key, made)
  return made
}
