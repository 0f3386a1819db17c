import { durationSchema } from '../model/duration.ts'

const localTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/
const timeWithOffset = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/

/**
 * Reads a moment as a caller writes it: a `Date`, an ISO time, or a length of time from now such as `'2d'`.
 * A time without an offset is meant in `zone` (`null`: the machine's); a date alone means midnight at its end.
 * A time that the zone's clock skips is read as the later one, one that comes twice as the earlier one (RFC 5545 §3.3.5).
 *
 * @returns `undefined` when it is none of these
 */
export async function readMoment(
  moment: Date | string,
  now: Date,
  zone: string | null,
): Promise<Date | undefined> {
  const read = typeof moment === 'string' ? await readText(moment, now, zone) : moment
  return read === undefined || Number.isNaN(read.getTime()) ? undefined : read
}

async function readText(text: string, now: Date, zone: string | null): Promise<Date | undefined> {
  const duration = durationSchema.safeParse(text)
  if (duration.success) return new Date(now.getTime() + duration.data)
  if (timeWithOffset.test(text)) return new Date(text)
  if (!localTime.test(text)) return undefined
  return zone === null ? machineTime(text) : zonedTime(text, zone)
}

function machineTime(text: string): Date {
  if (text.includes('T')) return new Date(text)
  const start = new Date(`${text}T00:00`)
  return new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1)
}

async function zonedTime(text: string, zone: string): Promise<Date | undefined> {
  const { Temporal } = await import('temporal-polyfill')
  try {
    const local = text.includes('T')
      ? Temporal.PlainDateTime.from(text, { overflow: 'reject' })
      : Temporal.PlainDate.from(text, { overflow: 'reject' }).add({ days: 1 }).toPlainDateTime()
    return new Date(local.toZonedDateTime(zone).epochMilliseconds)
  } catch {
    return undefined
  }
}
