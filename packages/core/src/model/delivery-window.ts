import { z } from 'zod'

/** Days of the week as windows name them. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** See {@link weekdays}. */
export type Weekday = (typeof weekdays)[number]

const wallTime = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/

/** A time of day by the clock on the wall; `24:00` is the end of the day. */
const wallTimeSchema = z.string().regex(wallTime, {
  error: ({ input }) =>
    `"${String(input).slice(0, 40)}" is not a time of day; write for example "09:00", or "24:00" for the end of the day`,
})

/** Part of a day: from one time up to another, which is not in it; beyond midnight when the end is not after the beginning. */
const spanSchema = z
  .strictObject({ from: wallTimeSchema, to: wallTimeSchema })
  .refine(({ from, to }) => from !== to && from !== '24:00', {
    path: ['from'],
    error: 'a window of no length never opens; write from "00:00" to "24:00" for the whole day',
  })
/** See {@link deliveryWindowSchema}. */
export type WindowSpan = z.output<typeof spanSchema>

const daySchema = z.union([spanSchema.transform((span) => [span]), z.array(spanSchema).max(10).readonly()], {
  error: 'give { from: "09:00", to: "21:00" }, or a list of them; an empty list: not on this day',
})
const daysSchema = z
  .partialRecord(z.enum(weekdays), daySchema)
  .refine(
    (days) => Object.values(days).some((spans) => spans.length > 0),
    'it never opens; name at least one day with a time',
  )

/**
 * When a person may be written to, by the clock on their wall: `'any'`, the same hours every day (`{ from: '09:00', to: '21:00' }`),
 * or hours for days of the week (`{ mon: { from: '18:00', to: '22:00' }, sat: […] }`); a day that is not named is closed.
 */
export const deliveryWindowSchema = z
  .union([z.literal('any'), spanSchema, daysSchema], {
    error:
      'give "any", { from: "09:00", to: "21:00" }, or hours for days such as { mon: { from: "18:00", to: "22:00" } }',
  })
  .transform((window): DeliveryWindow => {
    if (window === 'any') return 'any'
    if ('from' in window) return Object.fromEntries(weekdays.map((day) => [day, [window]]))
    return window
  })

/** Hours for each day of the week; no day: closed. `'any'`: always open. */
export type DeliveryWindow = 'any' | { readonly [Day in Weekday]?: readonly WindowSpan[] }
/** A window as a caller writes it. */
export type DeliveryWindowInput = z.input<typeof deliveryWindowSchema>
