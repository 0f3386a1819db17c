import { z } from 'zod'
import { lineSchema } from './recipient.ts'

/** Longest entry, in milliseconds. */
const longestMs = 366 * 86_400_000
const defaultLengthMs = 3_600_000

const instant = z
  .union([z.date(), z.iso.datetime({ offset: true })], {
    error: 'give a Date, or a time with its offset such as "2026-11-27T20:00:00+01:00"',
  })
  .transform((value) => new Date(value).toISOString())

/** What stands in a person's calendar: an hour when no `end` is given. Moments are ISO texts in UTC once parsed. */
export const calendarSchema = z
  .strictObject({
    start: instant,
    end: instant.optional(),
    /** Default: the message's subject, else the first line of its text. */
    summary: lineSchema.min(1).optional(),
    location: lineSchema.min(1).optional(),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional(),
  })
  .transform(({ end, ...entry }) => ({
    ...entry,
    end: end ?? new Date(Date.parse(entry.start) + defaultLengthMs).toISOString(),
  }))
  .refine(
    ({ start, end }) =>
      Date.parse(end) > Date.parse(start) && Date.parse(end) - Date.parse(start) <= longestMs,
    { path: ['end'], message: 'the end must be after the start, and at most a year' },
  )

/** A calendar entry as the host app writes it; see {@link calendarSchema}. */
export type CalendarInput = z.input<typeof calendarSchema>

/** A calendar entry; `start` and `end` are ISO 8601 texts in UTC. */
export interface CalendarEntry {
  readonly start: string
  readonly end: string
  readonly summary?: string | undefined
  readonly location?: string | undefined
  readonly url?: string | undefined
}
