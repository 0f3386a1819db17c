import type { ScheduleAction } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { answerSpecSchema } from './answer.ts'
import { contentInputSchema, messageOptions, toOneOrManySchema } from './message.ts'
import { durationSchema, idSchema, momentSchema } from './moment.ts'

const zone = z.string().min(1).max(64).openapi({ example: 'Europe/Berlin' })
const moment = z.string().min(1).max(100).openapi({
  description: 'A time; without an offset it is read in the zone.',
  example: '2026-11-27T18:00',
})
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day such as "10:00"')
  .openapi({ example: '10:00' })
const attribute = z.string().min(1).max(64).openapi({ example: 'birthday' })

const whenInputSchema = z
  .union(
    [
      z.strictObject({ cron: z.string().min(1).max(200), zone: zone.optional() }),
      z.strictObject({ every: durationSchema, from: moment.optional() }),
      z.strictObject({ onAttribute: attribute, at: timeOfDay, zone: zone.optional() }),
      z.strictObject({ at: moment, zone: zone.optional() }),
      z.strictObject({ rrule: z.string().min(1).max(500), start: moment, zone: zone.optional() }),
    ],
    { error: 'give { cron, zone }, { every, from }, { at }, { rrule, start, zone } or { onAttribute, at }' },
  )
  .openapi('WhenInput', { example: { cron: '0 9 * * 1', zone: 'Europe/Berlin' } })

const { key: _key, ...options } = messageOptions
const optionsSchema = z.strictObject(options)
const actionInputSchema = z
  .union(
    [
      z.strictObject({
        send: z.strictObject({
          to: toOneOrManySchema.optional(),
          content: contentInputSchema,
          options: optionsSchema.optional(),
        }),
      }),
      z.strictObject({
        ask: z.strictObject({
          to: toOneOrManySchema.optional(),
          question: contentInputSchema,
          options: optionsSchema.extend({
            answer: answerSpecSchema,
            remind: z.array(durationSchema).max(10).optional(),
            capability: z.enum(['link', 'native']).optional(),
          }),
        }),
      }),
    ],
    { error: 'give { send: { to, content, options } } or { ask: { to, question, options } }' },
  )
  .openapi('ScheduleActionInput', { example: { send: { to: 'sam', content: 'Good morning.' } } })

const missed = z.enum(['skip', 'once', 'all'])

/** Body of `PUT /v1/schedules/{name}`. */
export const scheduleBodySchema = z
  .strictObject({
    description: z.string().max(1_000).optional(),
    when: whenInputSchema,
    starts: moment.optional(),
    ends: moment.optional(),
    enabled: z.boolean().optional(),
    missed: missed.optional().openapi({
      description: 'Of moments nobody was there for: one run for all (default), none, or one each.',
    }),
    jitter: z
      .union([z.literal(0), durationSchema])
      .optional()
      .openapi({ description: 'Each run begins up to this much later, at random; at most a day.' }),
    action: actionInputSchema,
  })
  .openapi('ScheduleBody')

const whenSchema = z
  .union([
    z.strictObject({ cron: z.string(), zone: z.string() }),
    z.strictObject({ everyMs: z.int(), from: momentSchema }),
    z.strictObject({ onAttribute: z.string(), at: z.string(), zone: z.string() }),
    z.strictObject({ at: momentSchema }),
    z.strictObject({ rrule: z.string(), start: momentSchema, zone: z.string() }),
  ])
  .openapi('When')

/** Something that is sent or asked by the clock. */
export const scheduleSchema = z
  .strictObject({
    id: idSchema,
    name: z.string(),
    description: z.string().nullable(),
    when: whenSchema,
    starts: momentSchema.nullable(),
    ends: momentSchema.nullable(),
    enabled: z.boolean(),
    missed,
    jitterMs: z.int(),
    action: z
      .custom<ScheduleAction>((value) => typeof value === 'object' && value !== null)
      .openapi({ type: 'object', description: 'The action as it was saved, `to` as a list.' }),
    nextAt: momentSchema.nullable().openapi({ description: '`null`: disabled, or no more to come.' }),
    dueAt: momentSchema.nullable(),
    lastRunAt: momentSchema.nullable(),
    runCount: z.int(),
    createdAt: momentSchema,
    updatedAt: momentSchema,
  })
  .openapi('Schedule')

/** One firing of a schedule, or moments it did not fire for. */
export const runSchema = z
  .strictObject({
    id: idSchema,
    scheduleId: z.string(),
    at: momentSchema,
    firedAt: momentSchema,
    state: z.enum(['done', 'failed', 'skipped']),
    byHand: z.boolean(),
    messageId: z.string().nullable(),
    error: z.string().nullable(),
    missed: z.int(),
    messages: z.int(),
  })
  .openapi('Run')

/** Moments that are still to come. */
export const nextMomentsSchema = z.strictObject({ items: z.array(momentSchema) }).openapi('NextMoments')
