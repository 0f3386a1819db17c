import type { Duration } from '@invite-me/core'
import { z } from '@hono/zod-openapi'

/** A moment in an answer: a `Date` here, ISO 8601 in UTC on the wire. */
export const momentSchema = z.date()

/** An id of ours. */
export const idSchema = z.string().openapi({ example: '0193a1b2-7c3d-7000-8000-000000000001' })

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const durationPattern = /^\d{1,12}(ms|s|m|h|d|w)$/
/** The same for a body, where no time at all is no length of time. */
const lastingPattern = /^0{0,11}[1-9]\d{0,11}(ms|s|m|h|d|w)$/
const durationError = 'it is a length of time: milliseconds, or for example "30m", "12h", "2d"'

/** Ten years, as for the engine. */
const longestMs = 10 * 366 * 86_400_000

/** A length of time in a body: milliseconds, or `"30m"`; as the engine takes it. */
export const durationSchema = z
  .union(
    [z.int().min(1).max(longestMs), z.string().max(14, durationError).regex(lastingPattern, durationError)],
    {
      error: durationError,
    },
  )
  .transform((length) => length as Duration)
  .openapi({ example: '30m' })

/** Milliseconds of a text such as `30m`, or `1500`; `undefined` when it is no length of time. */
export function durationMsOf(text: string): number | undefined {
  if (/^\d{1,12}$/.test(text)) return Number(text)
  const unit = durationPattern.exec(text)?.[1]
  return unit === undefined
    ? undefined
    : Number(text.slice(0, -unit.length)) * durationUnits[unit as keyof typeof durationUnits]
}

/**
 * A schema or null. For schemas with a name of their own: `.nullable()` would keep the name, and the description of the interface
 * would then not know of the null.
 */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()])
}
