import { z } from '@hono/zod-openapi'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { apiKeySchema, keyBodySchema, keyMadeSchema } from '../wire/api-key.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'

const create = defineRoute({
  method: 'post',
  path: '/v1/keys',
  operation: 'keys.create',
  scope: 'owner',
  summary: 'Makes a key to this interface',
  description: 'Its secret is in the answer and nowhere else. Give either a role or scopes.',
  body: keyBodySchema,
  answers: { 201: { description: 'The key with its secret.', schema: keyMadeSchema } },
  problems: ['STOPPED'],
  auditTarget: (_call, answer) => answer.body.key.id,
  handle: async ({ inviteMe, body }) => reply(201, await inviteMe.keys.create(body)),
})

const list = defineRoute({
  method: 'get',
  path: '/v1/keys',
  operation: 'keys.list',
  scope: 'owner',
  summary: 'The keys, oldest first; revoked ones too',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(apiKeySchema) } },
  handle: async ({ inviteMe, query }) =>
    reply(200, pageAnswer(await inviteMe.keys.list(pageOf(query)), query)),
})

const revoke = defineRoute({
  method: 'delete',
  path: '/v1/keys/{id}',
  operation: 'keys.revoke',
  scope: 'owner',
  summary: 'Ends a key at once, in every process within seconds',
  answers: { 204: { description: 'Ended; also when it was before.' } },
  problems: ['KEY_UNKNOWN', 'STOPPED'],
  rename: { id: 'path.id' },
  handle: async ({ inviteMe, path: { id } }) => {
    await inviteMe.keys.revoke(id)
    return reply(204)
  },
})

/** `/v1/keys` */
export const keyRoutes: readonly Route[] = [create, list, revoke]
