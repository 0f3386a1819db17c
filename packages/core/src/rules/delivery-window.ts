import { Temporal } from 'temporal-polyfill'
import { weekdays, type DeliveryWindow, type WindowSpan } from '../model/delivery-window.ts'

/** A window that opens at all does so within these days: a week, and one for what a change of the clock may skip. */
const mostDays = 8

const minutesPerDay = 24 * 60

/** A stretch of time in milliseconds since the epoch; the end is not in it. */
interface Stretch {
  readonly fromMs: number
  readonly toMs: number
}

/** What was found out of a window in a zone, and from when on it holds; it does until the stretch ends. */
interface Known {
  readonly sinceMs: number
  readonly stretch: Stretch
}

/** Most people keep the workspace's hours, which are one object, in one of some hundred zones. */
const known = new WeakMap<object, Map<string, Known>>()

/**
 * When a person may be written to next: now when the clock on their wall shows a time of their window, else the moment it first
 * does. A time the clock skips opens when it has skipped it; one that comes twice is open both times.
 *
 * @param zone IANA, known to `Intl`
 * @returns milliseconds since the epoch, at least `nowMs`; `Infinity` when it never opens
 * @throws RangeError for a zone nobody knows
 */
export function nextOpening(window: DeliveryWindow, zone: string, nowMs: number): number {
  if (window === 'any') return nowMs
  let zones = known.get(window)
  if (zones === undefined) known.set(window, (zones = new Map<string, Known>()))
  let found = zones.get(zone)
  if (found === undefined || nowMs < found.sinceMs || nowMs >= found.stretch.toMs) {
    found = { sinceMs: nowMs, stretch: nextStretch(window, zone, nowMs) }
    zones.set(zone, found)
  }
  return Math.max(found.stretch.fromMs, nowMs)
}

/** A moment as the clock of a zone shows it: `2026-01-06 09:00 in Asia/Kathmandu`. */
export function momentIn(zone: string, ms: number): string {
  const shown = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDateTime()
  return `${shown.toString({ smallestUnit: 'minute' }).replace('T', ' ')} in ${zone}`
}

/** The first stretch of a window that is not over. */
function nextStretch(window: Exclude<DeliveryWindow, 'any'>, zone: string, nowMs: number): Stretch {
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(zone).toPlainDate()
  let earliest: Stretch = { fromMs: Infinity, toMs: Infinity }
  // Begins yesterday, whose last hours may lie beyond midnight.
  for (let day = -1; day <= mostDays; day += 1) {
    const date = today.add({ days: day })
    const name = weekdays[date.dayOfWeek - 1] ?? 'mon'
    for (const span of window[name] ?? [])
      for (const stretch of stretchesOf(date, span, zone))
        if (stretch.toMs > nowMs && stretch.fromMs < earliest.fromMs) earliest = stretch
    // A later day opens later, except for what lay beyond midnight.
    if (earliest.fromMs < Infinity && day >= 0) return earliest
  }
  return earliest
}

/** When a span of a day is shown by the clock: twice, when the clock is set back in it or over its edge; never, when it is skipped. */
function stretchesOf(date: Temporal.PlainDate, span: WindowSpan, zone: string): readonly Stretch[] {
  const [from, to] = [minuteOf(span.from), minuteOf(span.to)]
  const begin = date.toPlainDateTime().add({ minutes: from })
  const end = date.toPlainDateTime().add({ minutes: to <= from ? to + minutesPerDay : to })
  const [first, last] = [showing(begin, zone, 'earlier'), showing(end, zone, 'later')]
  const transition = changeWithin(first, last)
  if (transition === undefined) return between(first.epochMilliseconds, last.epochMilliseconds)
  // On either side of the change, what the clock shows passes evenly: each side has at most one stretch.
  const changeMs = transition.epochMilliseconds
  const before = offsetMs(first)
  const after = offsetMs(transition)
  const wall = (time: Temporal.PlainDateTime): number => time.toZonedDateTime('UTC').epochMilliseconds
  return [
    ...between(wall(begin) - before, Math.min(wall(end) - before, changeMs)),
    ...between(Math.max(wall(begin) - after, changeMs), wall(end) - after),
  ]
}

/** Minutes after midnight of `09:30`. */
function minuteOf(wallTime: string): number {
  const [hours, minutes] = wallTime.split(':').map(Number)
  return (hours ?? 0) * 60 + (minutes ?? 0)
}

function showing(
  time: Temporal.PlainDateTime,
  zone: string,
  disambiguation: 'earlier' | 'later',
): Temporal.ZonedDateTime {
  return time.toZonedDateTime(zone, { disambiguation })
}

/** The change of the clock in a stretch, if there is one; two within a day are unheard of. */
function changeWithin(
  first: Temporal.ZonedDateTime,
  last: Temporal.ZonedDateTime,
): Temporal.ZonedDateTime | undefined {
  const next = first.subtract({ milliseconds: 1 }).getTimeZoneTransition('next')
  return next !== null && next.epochMilliseconds <= last.epochMilliseconds ? next : undefined
}

function offsetMs(time: Temporal.ZonedDateTime): number {
  return time.offsetNanoseconds / 1_000_000
}

function between(fromMs: number, toMs: number): readonly Stretch[] {
  return toMs > fromMs ? [{ fromMs, toMs }] : []
}
