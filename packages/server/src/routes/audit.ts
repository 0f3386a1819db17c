import { z } from '@hono/zod-openapi'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { auditEntrySchema } from '../wire/audit-entry.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'

const list = defineRoute({
  method: 'get',
  path: '/v1/audit',
  operation: 'audit.list',
  scope: 'owner',
  summary: 'Who did what to the workspace, newest first',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(auditEntrySchema) } },
  handle: async ({ inviteMe, query }) =>
    reply(200, pageAnswer(await inviteMe.audit.list(pageOf(query)), query)),
})

/** `/v1/audit` */
export const auditRoutes: readonly Route[] = [list]
