import { z } from '@hono/zod-openapi'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import { unmatchedFactSchema } from '../wire/unmatched.ts'

const list = defineRoute({
  method: 'get',
  path: '/v1/unmatched',
  operation: 'unmatched.list',
  scope: 'read',
  summary: 'What came in and fits nothing that was sent; kept for a human',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(unmatchedFactSchema) } },
  handle: async ({ inviteMe, query }) => {
    const { items, next } = pageAnswer(await inviteMe.unmatched.list(pageOf(query)), query)
    return reply(200, { items: items.map((one) => ({ ...one, fact: { ...one.fact } })), next })
  },
})

const drop = defineRoute({
  method: 'delete',
  path: '/v1/unmatched/{id}',
  operation: 'unmatched.drop',
  scope: 'admin',
  summary: 'Throws one away once it was looked at; repeating it changes nothing',
  answers: { 204: { description: 'Gone.' } },
  problems: ['STOPPED'],
  handle: async ({ inviteMe, path: { id } }) => {
    await inviteMe.unmatched.drop(id)
    return reply(204)
  },
})

/** `/v1/unmatched` */
export const unmatchedRoutes: readonly Route[] = [list, drop]
