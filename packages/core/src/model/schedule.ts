import { z } from 'zod'
import type { AnswerSpec, AnswerType } from './answer.ts'
import { durationSchema, type Duration } from './duration.ts'
import type { AskOptions, ContentInput, SendOptions, To } from './message.ts'
import { zoneSchema } from './recipient.ts'

/** Shortest time between two moments of a schedule, in ms. */
export const shortestEveryMs = 60_000
/** Runs that `missed: 'all'` catches up with at most; those before are recorded as skipped. */
export const mostCaughtUp = 100
/** How far missed moments are counted; `missed: 1000` on a run stands for that many or more. */
export const mostCounted = 1_000
/** How late a run may begin before its moment counts as missed, in ms. */
export const lateAfterMs = 60_000

const nameSchema = z
  .string()
  .max(100)
  .regex(
    /^[a-z0-9][a-z0-9._-]*$/i,
    'a name is letters, digits, dots, hyphens and underscores, like "monday-dinner"',
  )

const momentSchema = z.union([z.date(), z.string().min(1).max(100)], {
  error: 'give a Date or a time such as "2026-11-27T18:00"',
})

const everySchema = durationSchema.refine((ms) => ms >= shortestEveryMs, {
  error: 'a schedule runs once a minute at most',
})

/** A time of day: `10:00`. */
const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day such as "10:00"')

const attributeSchema = z
  .string()
  .max(64)
  .regex(/^[^"\\%\p{Cc}]+$/u, 'name an attribute of people, such as "birthday"')

const whenSchema = z.union(
  [
    z.strictObject({ cron: z.string().trim().min(1).max(200), zone: zoneSchema.optional() }),
    z.strictObject({ every: everySchema, from: momentSchema.optional() }),
    z.strictObject({
      onAttribute: attributeSchema,
      at: timeOfDaySchema,
      zone: zoneSchema.optional(),
    }),
    z.strictObject({ at: momentSchema, zone: zoneSchema.optional() }),
    z.strictObject({
      rrule: z.string().trim().min(1).max(500),
      start: momentSchema,
      zone: zoneSchema.optional(),
    }),
  ],
  {
    error:
      'give { cron, zone }, { every, from }, { at }, { rrule, start, zone } or { onAttribute, at }; see docs/guides/schedules.md',
  },
)

const jitterSchema = z.union([z.literal(0), durationSchema]).refine((ms) => ms <= 86_400_000, {
  error: 'jitter is at most a day',
})

/** Validates what `schedules.save` is given, less what the action says, which is checked as a request of its own. */
export const scheduleInputSchema = z.strictObject({
  name: nameSchema,
  description: z.string().trim().max(1_000).optional(),
  when: whenSchema,
  starts: momentSchema.optional(),
  ends: momentSchema.optional(),
  enabled: z.boolean().optional(),
  missed: z.enum(['skip', 'once', 'all']).optional(),
  jitter: jitterSchema.optional(),
  action: z.union(
    [
      z.strictObject({
        send: z.strictObject({
          to: z.unknown().optional(),
          content: z.unknown(),
          options: z.unknown().optional(),
        }),
      }),
      z.strictObject({
        ask: z.strictObject({ to: z.unknown().optional(), question: z.unknown(), options: z.unknown() }),
      }),
    ],
    { error: 'give { send: { to, content, options } } or { ask: { to, question, options } }' },
  ),
})

/** When a schedule runs, as it is written. Times without an offset are read in `zone`. */
export type WhenInput =
  /** Five fields, or a nickname such as `@daily`; not by the second. */
  | { readonly cron: string; readonly zone?: string }
  /** Every so often, counted from `from` (default: when it is saved, so that the first run is one interval later). */
  | { readonly every: Duration; readonly from?: Date | string }
  /** Once. */
  | { readonly at: Date | string; readonly zone?: string }
  /** A recurrence rule of RFC 5545 that begins at `start`. */
  | { readonly rrule: string; readonly start: Date | string; readonly zone?: string }
  /**
   * Every year on the day of a person's attribute (`birthday: '1990-05-17'`, or `--05-17`), at a time of day in the person's own
   * zone (`zone` for people without one). Those of 29 February have 28 February in other years. The action names nobody.
   */
  | { readonly onAttribute: string; readonly at: string; readonly zone?: string }

/** A schedule's question or notice, as `ask` and `send` take it; `key` is the schedule's own. */
export type ScheduleActionInput =
  | {
      readonly send: {
        readonly to?: To | readonly To[]
        readonly content: string | ContentInput
        readonly options?: Omit<SendOptions, 'key'>
      }
    }
  | {
      readonly ask: {
        readonly to?: To | readonly To[]
        readonly question: string | ContentInput
        readonly options: Omit<AskOptions<unknown>, 'key' | 'answer'> & {
          readonly answer: AnswerType<unknown> | AnswerSpec
        }
      }
    }

/** What `schedules.save` takes. */
export interface ScheduleInput {
  /** Names it: saving under a known name changes that schedule. */
  readonly name: string
  readonly description?: string
  readonly when: WhenInput
  /** No run before this moment. */
  readonly starts?: Date | string
  /** No run after this moment. */
  readonly ends?: Date | string
  /** Default true. */
  readonly enabled?: boolean
  /** What becomes of moments nobody was there for: `once` (default) runs once for all of them, `skip` not at all, `all` for each, the last 100 at most. */
  readonly missed?: 'skip' | 'once' | 'all'
  /** Each run begins up to this much later, at random; default 0, at most a day. */
  readonly jitter?: Duration
  readonly action: ScheduleActionInput
}

/** When a schedule runs, after validation: every zone named, every moment a moment. */
export type When =
  | { readonly cron: string; readonly zone: string }
  | { readonly everyMs: number; readonly from: Date }
  | { readonly at: Date }
  | { readonly rrule: string; readonly start: Date; readonly zone: string }
  | { readonly onAttribute: string; readonly at: string; readonly zone: string }

/** What a schedule does, after validation. */
export type ScheduleAction =
  | {
      readonly send: {
        readonly to: readonly To[]
        readonly content: ContentInput
        readonly options: SendOptions
      }
    }
  | {
      readonly ask: {
        readonly to: readonly To[]
        readonly question: ContentInput
        readonly options: Omit<AskOptions<unknown>, 'answer'> & { readonly answer: AnswerSpec }
      }
    }

/** Something that is sent or asked again and again, or once, by the clock. */
export interface Schedule {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly when: When
  readonly starts: Date | null
  readonly ends: Date | null
  readonly enabled: boolean
  readonly missed: 'skip' | 'once' | 'all'
  readonly jitterMs: number
  readonly action: ScheduleAction
  /** The next moment it runs for; `null` when it is disabled or has no more. */
  readonly nextAt: Date | null
  /** When that run begins: `nextAt` and its share of the jitter. */
  readonly dueAt: Date | null
  /** When it last ran; skipped moments do not count. */
  readonly lastRunAt: Date | null
  /** Runs so far, failed ones among them, skipped ones not. */
  readonly runCount: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** One firing of a schedule, or moments it did not fire for. */
export interface Run {
  readonly id: string
  readonly scheduleId: string
  /** The moment it was for; the first of them when moments were skipped. By hand: when it was asked for. */
  readonly at: Date
  /** When it was done. */
  readonly firedAt: Date
  readonly state: 'done' | 'failed' | 'skipped'
  /** Whether somebody asked for it, beside the clock. */
  readonly byHand: boolean
  /** The message it became; `null` when it became none, or went to nobody. */
  readonly messageId: string | null
  /** Why it failed. */
  readonly error: string | null
  /** Moments that passed without a run of their own: those this run stands for, or those that were skipped; 1,000 stands for that many or more. */
  readonly missed: number
  /** Messages it became: one, or one for each person whose day it was. */
  readonly messages: number
}
