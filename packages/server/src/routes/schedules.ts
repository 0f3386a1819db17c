import { z } from '@hono/zod-openapi'
import type { ScheduleInput } from '@invite-me/core'
import { found } from '../app/found.ts'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { present } from '../app/present.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import { nextMomentsSchema, runSchema, scheduleBodySchema, scheduleSchema } from '../wire/schedule.ts'
import { acceptProblems } from './accept-problems.ts'

const ofOne = { problems: ['SCHEDULE_UNKNOWN', 'STOPPED'], rename: { name: 'path.name' } } as const
/** What an administrative act was done to. */
const auditTarget = ({ path }: { readonly path: { readonly name: string } }): string => path.name

const save = defineRoute({
  method: 'put',
  path: '/v1/schedules/{name}',
  operation: 'schedules.save',
  scope: 'admin',
  summary: 'Makes a schedule, or changes the one of this name; live within 5 s, repeating it changes nothing',
  body: scheduleBodySchema,
  answers: { 200: { description: 'The schedule as it is now.', schema: scheduleSchema } },
  problems: ['CHANNEL_UNKNOWN', 'STORE_BUSY', 'STOPPED'],
  rename: { name: 'path.name' },
  auditTarget,
  handle: async ({ inviteMe, path: { name }, body }) =>
    reply(200, await inviteMe.schedules.save({ name, ...(present(body) as Omit<ScheduleInput, 'name'>) })),
})

const list = defineRoute({
  method: 'get',
  path: '/v1/schedules',
  operation: 'schedules.list',
  scope: 'read',
  summary: 'The schedules, oldest first',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(scheduleSchema) } },
  handle: async ({ inviteMe, query }) =>
    reply(200, pageAnswer(await inviteMe.schedules.list(pageOf(query)), query)),
})

const get = defineRoute({
  method: 'get',
  path: '/v1/schedules/{name}',
  operation: 'schedules.get',
  scope: 'read',
  summary: 'One schedule',
  answers: { 200: { description: 'The schedule.', schema: scheduleSchema } },
  ...ofOne,
  handle: async ({ inviteMe, path: { name } }) =>
    reply(200, found(await inviteMe.schedules.get(name), 'SCHEDULE_UNKNOWN')),
})

const enable = defineRoute({
  method: 'post',
  path: '/v1/schedules/{name}/enable',
  operation: 'schedules.enable',
  scope: 'admin',
  summary: 'Goes on from now; what passed meanwhile is not missed',
  answers: { 200: { description: 'The schedule as it is now.', schema: scheduleSchema } },
  ...ofOne,
  auditTarget,
  handle: async ({ inviteMe, path: { name } }) => reply(200, await inviteMe.schedules.enable(name)),
})

const disable = defineRoute({
  method: 'post',
  path: '/v1/schedules/{name}/disable',
  operation: 'schedules.disable',
  scope: 'admin',
  summary: 'Makes no more runs until it is enabled',
  answers: { 200: { description: 'The schedule as it is now.', schema: scheduleSchema } },
  ...ofOne,
  auditTarget,
  handle: async ({ inviteMe, path: { name } }) => reply(200, await inviteMe.schedules.disable(name)),
})

const remove = defineRoute({
  method: 'delete',
  path: '/v1/schedules/{name}',
  operation: 'schedules.remove',
  scope: 'admin',
  summary: 'Removes a schedule with its runs; messages stay',
  answers: { 204: { description: 'Removed.' } },
  ...ofOne,
  auditTarget,
  handle: async ({ inviteMe, path: { name } }) => {
    await inviteMe.schedules.remove(name)
    return reply(204)
  },
})

const runs = defineRoute({
  method: 'get',
  path: '/v1/schedules/{name}/runs',
  operation: 'schedules.runs',
  scope: 'read',
  summary: 'The runs of the last 90 days, newest first',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(runSchema) } },
  ...ofOne,
  handle: async ({ inviteMe, path: { name }, query }) =>
    reply(200, pageAnswer(await inviteMe.schedules.runs(name, pageOf(query)), query)),
})

const runNow = defineRoute({
  method: 'post',
  path: '/v1/schedules/{name}/run',
  operation: 'schedules.runNow',
  scope: 'send',
  summary: 'Makes a run at once, beside those by the clock',
  answers: { 200: { description: 'The run.', schema: runSchema } },
  ...ofOne,
  problems: ['SCHEDULE_UNKNOWN', ...acceptProblems],
  handle: async ({ inviteMe, path: { name } }) => reply(200, await inviteMe.schedules.runNow(name)),
})

const next = defineRoute({
  method: 'get',
  path: '/v1/schedules/{name}/next',
  operation: 'schedules.next',
  scope: 'read',
  summary: 'The next moments it runs for, jitter not counted',
  query: z.strictObject({
    count: z
      .string()
      .regex(/^\d{1,3}$/, 'it is a whole number from 1 to 100')
      .transform(Number)
      .refine((count) => count >= 1 && count <= 100, 'it is a whole number from 1 to 100')
      .optional()
      .openapi({ type: 'integer', minimum: 1, maximum: 100, default: 5, description: 'Moments to tell.' }),
  }),
  answers: { 200: { description: 'The moments.', schema: nextMomentsSchema } },
  ...ofOne,
  handle: async ({ inviteMe, path: { name }, query: { count } }) =>
    reply(200, { items: await inviteMe.schedules.next(name, count) }),
})

/** `/v1/schedules` */
export const scheduleRoutes: readonly Route[] = [save, list, get, enable, disable, remove, runs, runNow, next]
