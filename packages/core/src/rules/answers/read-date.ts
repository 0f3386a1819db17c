/**
 * What a date written by a person says; dates are `YYYY-MM-DD`.
 *
 * - `ambiguous` carries both readings: 05/06/2026 is a day in June here and in May there
 * - `impossible` has the form of a date that does not exist
 */
export type DateRead =
  | { readonly kind: 'date'; readonly value: string }
  | { readonly kind: 'ambiguous'; readonly dayFirst: string; readonly monthFirst: string }
  | { readonly kind: 'impossible' }
  | { readonly kind: 'none' }

const yearFirst = /^(\d{4})([-./])(\d{1,2})\2(\d{1,2})$/
const yearLast = /^(\d{1,2})([-./])(\d{1,2})\2(\d{4})$/

/**
 * Reads a calendar date: year first in any order of separators, day first with dots; with slashes or hyphens only when it
 * cannot be the other way round. Two-digit years are not dates.
 *
 * @param words normalised words
 */
export function readDate(words: string): DateRead {
  const [, year, , month, day] = yearFirst.exec(words) ?? []
  if (year !== undefined) return toDate(Number(year), Number(month), Number(day))
  const [, first, separator, second, lastYear] = yearLast.exec(words) ?? []
  if (lastYear === undefined) return { kind: 'none' }
  const dayFirst = toDate(Number(lastYear), Number(second), Number(first))
  if (separator === '.') return dayFirst
  const monthFirst = toDate(Number(lastYear), Number(first), Number(second))
  if (dayFirst.kind !== 'date') return monthFirst
  if (monthFirst.kind !== 'date' || monthFirst.value === dayFirst.value) return dayFirst
  return { kind: 'ambiguous', dayFirst: dayFirst.value, monthFirst: monthFirst.value }
}

function toDate(year: number, month: number, day: number): DateRead {
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month))
    return { kind: 'impossible' }
  return { kind: 'date', value: `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}` }
}

/** Days of a month in the proleptic Gregorian calendar. */
function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
