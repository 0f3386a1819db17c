import { z } from 'zod'

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const pattern = /^(\d{1,12})(ms|s|m|h|d|w)$/

/** A length of time: milliseconds as a number, or `'30m'` with one of ms, s, m, h, d, w. A day is always 24 hours. */
export type Duration = number | `${number}${keyof typeof unitMs}`

/** Parses a {@link Duration} into milliseconds, at least 1 and at most ten years. */
export const durationSchema = z.union([z.number(), z.string()]).transform((value, context) => {
  const ms = typeof value === 'number' ? value : parseDuration(value)
  if (ms !== undefined && Number.isFinite(ms) && ms >= 1 && ms <= 10 * 366 * unitMs.d) return Math.round(ms)
  context.addIssue({
    code: 'custom',
    message: `"${String(value)}" is not a length of time; write milliseconds or for example "30m", "12h", "2d"`,
  })
  return z.NEVER
})

function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
}
