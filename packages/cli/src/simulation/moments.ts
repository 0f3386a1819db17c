/** Writes a moment as `2026-11-27 18:00:05` in a zone. */
export function localTime(ms: number, zone: string): string {
  // The Swedish order of date and time is the one of ISO 8601.
  return new Date(ms).toLocaleString('sv-SE', { timeZone: zone })
}

/** Turns `2026-11-27T18:00` in a zone into Unix ms; a time that is left out when clocks go forward is read an hour later. */
export function momentOf(local: string, zone: string): number {
  const asUtc = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`)
  const guess = asUtc - offsetMs(asUtc, zone)
  return asUtc - offsetMs(guess, zone)
}

function offsetMs(ms: number, zone: string): number {
  return Date.parse(`${localTime(ms, zone).replace(' ', 'T')}Z`) - Math.floor(ms / 1_000) * 1_000
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Reads `30m` into milliseconds; `undefined` when it is no length of time. */
export function readSpan(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d|w)$/.exec(text)
  return match === null ? undefined : Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN)
}

const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/
const moment = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/

/** Where a scenario begins, and in which zone its times are. */
export interface Beginning {
  readonly startMs: number
  readonly zone: string
}

/**
 * Reads when something happens: `30m` after the beginning, `23:05` at the next such time of day from the beginning on,
 * `2026-11-27T18:00` in the zone, or a moment with an offset.
 *
 * @returns Unix ms; `undefined` when it is none of these
 */
export function readWhen(text: string, { startMs, zone }: Beginning): number | undefined {
  const span = readSpan(text)
  if (span !== undefined) return startMs + span
  if (timeOfDay.test(text)) {
    const today = localTime(startMs, zone).slice(0, 10)
    const first = momentOf(`${today}T${text}`, zone)
    if (first >= startMs) return first
    const tomorrow = new Date(Date.parse(`${today}T00:00Z`) + 86_400_000).toISOString().slice(0, 10)
    return momentOf(`${tomorrow}T${text}`, zone)
  }
  const ms = moment.test(text) ? momentOf(text, zone) : Date.parse(text)
  return Number.isFinite(ms) && /\d{4}-/.test(text) ? ms : undefined
}

/** Whether a text is a time of day such as `23:00`. */
export function isTimeOfDay(text: string): boolean {
  return timeOfDay.test(text)
}

/** Whether a moment lies within hours that come back every day, from the first up to before the last; they may go past midnight. */
export function isWithinHours(
  ms: number,
  hours: { readonly from: string; readonly to: string },
  zone: string,
): boolean {
  const now = localTime(ms, zone).slice(11, 16)
  const { from, to } = hours
  return from <= to ? from <= now && now < to : now >= from || now < to
}
