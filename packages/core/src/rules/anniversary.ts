/** A day somebody has something to celebrate, in one zone. */
export interface LocalDay {
  /** `2026-05-17` */
  readonly date: string
  readonly year: number
  /** Month and day of those whose day it is: `05-17`; on 28 February of most years those of the 29th too. */
  readonly of: readonly string[]
}

/** Days that are made up for at most, when nobody was there for longer. */
const mostDays = 31
const dayMs = 86_400_000
const written = /^(?:\d{4}|-)-(\d{2}-\d{2})(?!\d)/

/**
 * The days on which a time of day came within a span, in one zone, oldest first; the last 31 at most. On a day whose clocks skip the
 * time it comes an hour later, on one that has it twice it counts the first time.
 *
 * @param at time of day, `10:00`
 * @param span after `fromMs` and up to `toMs`
 */
export async function daysThatBegan(
  at: string,
  zone: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly LocalDay[]> {
  const { Temporal } = await import('temporal-polyfill')
  const dateOf = (ms: number) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate()
  const last = dateOf(toMs)
  const sinceMs = Math.max(fromMs, toMs - mostDays * dayMs)
  const days: LocalDay[] = []
  for (let date = dateOf(sinceMs); ;) {
    const ms = date.toPlainDateTime(Temporal.PlainTime.from(at)).toZonedDateTime(zone).epochMilliseconds
    if (ms > sinceMs && ms <= toMs) days.push(localDay(date))
    if (Temporal.PlainDate.compare(date, last) >= 0) break
    date = date.add({ days: 1 })
  }
  return days
}

/** The day in `zone` at a moment. */
export async function dayAt(zone: string, ms: number): Promise<LocalDay> {
  const { Temporal } = await import('temporal-polyfill')
  return localDay(Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate())
}

/** Month and day of a date as people have it in an attribute, `1990-05-17` or `--05-17`; `undefined` when it is none. */
export function monthAndDay(value: unknown): string | undefined {
  return typeof value === 'string' ? written.exec(value.trim())?.[1] : undefined
}

function localDay(date: {
  readonly year: number
  readonly inLeapYear: boolean
  toString(): string
}): LocalDay {
  const text = date.toString()
  const day = text.slice(-5)
  return {
    date: text,
    year: date.year,
    of: day === '02-28' && !date.inLeapYear ? [day, '02-29'] : [day],
  }
}
