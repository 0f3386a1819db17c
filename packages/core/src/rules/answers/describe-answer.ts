import type { AnswerSpec } from '../../model/answer.ts'
import { formFields, type FormField } from '../../model/form-field.ts'
import { labelsFor, type AnswerLabels } from './answer-labels.ts'

/**
 * Says an answer's value in words for people: "Yes", "Yes, 3 people", "Fish, Salad", "31 March 2027".
 *
 * @param value as an understood answer holds it; any other value is said as plainly as it can be
 * @param locale for words, numbers and dates; an unknown one counts as English
 * @throws nothing
 */
export function describeAnswer(spec: AnswerSpec, value: unknown, locale: string): string {
  const labels = labelsFor(locale)
  switch (spec.type) {
    case 'yesNo':
      return typeof value === 'boolean' ? describeBoolean(value, labels) : plainly(value)
    case 'rsvp':
      return describeRsvp(value, labels, locale)
    case 'choice': {
      const values: readonly unknown[] = Array.isArray(value) ? value : [value]
      return values
        .map((one) => spec.options.find((option) => option.value === one)?.label ?? plainly(one))
        .join(', ')
    }
    case 'number':
      return typeof value === 'number' ? describeNumber(value, locale) : plainly(value)
    case 'date':
      return describeDate(value, locale)
    case 'text':
      return plainly(value)
    case 'form':
      return formFields(spec.schema)
        .flatMap((field) => describeField(field, value, labels, locale))
        .join('; ')
  }
}

function describeRsvp(value: unknown, labels: AnswerLabels, locale: string): string {
  if (typeof value !== 'object' || value === null) return plainly(value)
  const { coming, party }: { coming?: unknown; party?: unknown } = value
  if (coming !== 'yes' && coming !== 'no' && coming !== 'maybe') return plainly(value)
  if (coming === 'no' || typeof party !== 'number') return labels[coming]
  return `${labels[coming]}, ${party} ${labels.people[pluralRule(party, locale)] ?? labels.people.other}`
}

/** A line for each field that was filled in. */
function describeField(
  field: FormField,
  form: unknown,
  labels: AnswerLabels,
  locale: string,
): readonly string[] {
  const value = field.path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key)
        : undefined,
    form,
  )
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0))
    return []
  return [`${field.title}: ${describeFieldValue(field, value, labels, locale)}`]
}

function describeFieldValue(field: FormField, value: unknown, labels: AnswerLabels, locale: string): string {
  if (Array.isArray(value))
    return value.map((one) => describeFieldValue(field, one, labels, locale)).join(', ')
  const option = field.options.find((candidate) => candidate.value === value)
  if (option !== undefined && typeof value !== 'boolean') return option.label
  if (typeof value === 'boolean') return describeBoolean(value, labels)
  if (typeof value === 'number') return describeNumber(value, locale)
  return field.kind === 'date' ? describeDate(value, locale) : plainly(value)
}

function describeBoolean(value: boolean, labels: AnswerLabels): string {
  return value ? labels.yes : labels.no
}

function describeNumber(value: number, locale: string): string {
  return new Intl.NumberFormat(knownLocale(locale), { maximumFractionDigits: 15 }).format(value)
}

function describeDate(value: unknown, locale: string): string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return plainly(value)
  const moment = Date.parse(value)
  if (Number.isNaN(moment)) return value
  return new Intl.DateTimeFormat(knownLocale(locale), { dateStyle: 'long', timeZone: 'UTC' }).format(moment)
}

function pluralRule(count: number, locale: string): Intl.LDMLPluralRule {
  return new Intl.PluralRules(knownLocale(locale)).select(count)
}

function knownLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

function plainly(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
