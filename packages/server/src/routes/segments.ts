import { z } from '@hono/zod-openapi'
import { found } from '../app/found.ts'
import { decodeCursor, pageAnswer, pageOf, type PageQuery } from '../app/page-cursor.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import { recipientSchema } from '../wire/recipient.ts'
import {
  filterBodySchema,
  previewLimit,
  previewQuery,
  segmentCountSchema,
  segmentSchema,
} from '../wire/segment.ts'

const ofOne = { problems: ['SEGMENT_UNKNOWN'], rename: { name: 'path.name' } } as const
const shown = ({ limit = previewLimit, ...query }: PageQuery) => ({ limit, ...query })

const wrongCursor = 'give the "next" of the page before, unchanged'

function isCursor(after: string | undefined): boolean {
  try {
    return after === undefined || decodeCursor(after) !== ''
  } catch {
    return false
  }
}

const list = defineRoute({
  method: 'get',
  path: '/v1/segments',
  operation: 'segments.list',
  scope: 'read',
  summary: 'Saved segments, oldest first',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(segmentSchema) } },
  handle: async ({ inviteMe, query }) =>
    reply(200, pageAnswer(await inviteMe.segments.list(pageOf(query)), query)),
})

const get = defineRoute({
  method: 'get',
  path: '/v1/segments/{name}',
  operation: 'segments.get',
  scope: 'read',
  summary: 'One segment',
  answers: { 200: { description: 'The segment.', schema: segmentSchema } },
  ...ofOne,
  handle: async ({ inviteMe, path: { name } }) =>
    reply(200, found(await inviteMe.segments.get(name), 'SEGMENT_UNKNOWN', 'path.name')),
})

const put = defineRoute({
  method: 'put',
  path: '/v1/segments/{name}',
  operation: 'segments.save',
  scope: 'admin',
  summary: 'Keeps a filter under a name; one kept before gives way',
  description:
    'A name is lower-case words joined by hyphens, `berlin-vip`. Who is in it is found out when it is used.',
  body: filterBodySchema,
  answers: { 200: { description: 'The segment as it is now.', schema: segmentSchema } },
  problems: ['STOPPED'],
  rename: { name: 'path.name' },
  handle: async ({ inviteMe, path: { name }, body: { filter } }) =>
    reply(200, await inviteMe.segments.save(name, filter)),
})

const remove = defineRoute({
  method: 'delete',
  path: '/v1/segments/{name}',
  operation: 'segments.remove',
  scope: 'admin',
  summary: 'Removes a segment; people stay as they are',
  answers: { 204: { description: 'Removed.' } },
  problems: [...ofOne.problems, 'STOPPED'],
  rename: ofOne.rename,
  auditTarget: ({ path: { name } }) => name,
  handle: async ({ inviteMe, path: { name } }) => {
    await inviteMe.segments.remove(name)
    return reply(204)
  },
})

const count = defineRoute({
  method: 'get',
  path: '/v1/segments/{name}/count',
  operation: 'segments.count',
  scope: 'read',
  summary: 'How many people are in a segment now',
  answers: { 200: { description: 'How many.', schema: segmentCountSchema } },
  ...ofOne,
  handle: async ({ inviteMe, path: { name } }) => reply(200, { count: await inviteMe.segments.count(name) }),
})

const preview = defineRoute({
  method: 'get',
  path: '/v1/segments/{name}/preview',
  operation: 'segments.preview',
  scope: 'read',
  summary: 'Some of the people who are in a segment now',
  query: z.strictObject(previewQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(recipientSchema) } },
  ...ofOne,
  handle: async ({ inviteMe, path: { name }, query }) =>
    reply(200, pageAnswer(await inviteMe.segments.preview(name, pageOf(shown(query))), shown(query))),
})

const countFilter = defineRoute({
  method: 'post',
  path: '/v1/segments/count',
  operation: 'segments.countFilter',
  scope: 'read',
  summary: 'How many people a filter finds, without saving it',
  body: filterBodySchema,
  answers: { 200: { description: 'How many.', schema: segmentCountSchema } },
  handle: async ({ inviteMe, body: { filter } }) =>
    reply(200, { count: await inviteMe.segments.count(filter) }),
})

const previewFilter = defineRoute({
  method: 'post',
  path: '/v1/segments/preview',
  operation: 'segments.previewFilter',
  scope: 'read',
  summary: 'Some of the people a filter finds, without saving it',
  // The cursor is read before the body, as all of a query is.
  query: z.strictObject({ ...previewQuery, after: previewQuery.after.refine(isCursor, wrongCursor) }),
  body: filterBodySchema,
  answers: { 200: { description: 'A page.', schema: pageOfSchema(recipientSchema) } },
  handle: async ({ inviteMe, query, body: { filter } }) =>
    reply(200, pageAnswer(await inviteMe.segments.preview(filter, pageOf(shown(query))), shown(query))),
})

/** `/v1/segments` */
export const segmentRoutes: readonly Route[] = [
  list,
  get,
  put,
  remove,
  count,
  preview,
  countFilter,
  previewFilter,
]
