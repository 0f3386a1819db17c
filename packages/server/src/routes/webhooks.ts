import { z } from '@hono/zod-openapi'
import type { Duration } from '@invite-me/core'
import { found } from '../app/found.ts'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { present } from '../app/present.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import {
  postingStateSchema,
  replayBodySchema,
  replayedSchema,
  rotateBodySchema,
  rotatedSchema,
  webhookBodySchema,
  webhookChangesSchema,
  webhookEndpointSchema,
  webhookMadeSchema,
  webhookPostingSchema,
} from '../wire/webhook.ts'

const ofOne = { problems: ['WEBHOOK_UNKNOWN', 'STOPPED'], rename: { id: 'path.id' } } as const

const create = defineRoute({
  method: 'post',
  path: '/v1/webhooks',
  operation: 'webhooks.create',
  scope: 'admin',
  summary: 'Makes an endpoint that is told of events, signed by Standard Webhooks',
  body: webhookBodySchema,
  answers: { 201: { description: 'The endpoint with its secret.', schema: webhookMadeSchema } },
  problems: ['STOPPED'],
  auditTarget: (_call, answer) => answer.body.endpoint.id,
  handle: async ({ inviteMe, body }) => reply(201, await inviteMe.webhooks.create(body)),
})

const list = defineRoute({
  method: 'get',
  path: '/v1/webhooks',
  operation: 'webhooks.list',
  scope: 'admin',
  summary: 'The endpoints, oldest first',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(webhookEndpointSchema) } },
  handle: async ({ inviteMe, query }) =>
    reply(200, pageAnswer(await inviteMe.webhooks.list(pageOf(query)), query)),
})

const get = defineRoute({
  method: 'get',
  path: '/v1/webhooks/{id}',
  operation: 'webhooks.get',
  scope: 'admin',
  summary: 'One endpoint',
  answers: { 200: { description: 'The endpoint.', schema: webhookEndpointSchema } },
  ...ofOne,
  handle: async ({ inviteMe, path: { id } }) =>
    reply(200, found(await inviteMe.webhooks.get(id), 'WEBHOOK_UNKNOWN')),
})

const update = defineRoute({
  method: 'patch',
  path: '/v1/webhooks/{id}',
  operation: 'webhooks.update',
  scope: 'admin',
  summary: 'Changes what is given; `state: enabled` begins anew after it was disabled',
  body: webhookChangesSchema,
  answers: { 200: { description: 'The endpoint as it is now.', schema: webhookEndpointSchema } },
  ...ofOne,
  handle: async ({ inviteMe, path: { id }, body }) => reply(200, await inviteMe.webhooks.update(id, body)),
})

const remove = defineRoute({
  method: 'delete',
  path: '/v1/webhooks/{id}',
  operation: 'webhooks.remove',
  scope: 'admin',
  summary: 'Removes an endpoint with what waits for it',
  answers: { 204: { description: 'Removed.' } },
  ...ofOne,
  handle: async ({ inviteMe, path: { id } }) => {
    await inviteMe.webhooks.remove(id)
    return reply(204)
  },
})

const rotateSecret = defineRoute({
  method: 'post',
  path: '/v1/webhooks/{id}/rotate-secret',
  operation: 'webhooks.rotateSecret',
  scope: 'admin',
  summary: 'Makes a new secret; the old one signs beside it for a while',
  body: rotateBodySchema,
  isBodyOptional: true,
  answers: { 200: { description: 'The new secret.', schema: rotatedSchema } },
  ...ofOne,
  handle: async ({ inviteMe, path: { id }, body: { keepFor } }) =>
    reply(
      200,
      await inviteMe.webhooks.rotateSecret(id, keepFor === undefined ? {} : { keepFor: keepFor as Duration }),
    ),
})

const postings = defineRoute({
  method: 'get',
  path: '/v1/webhooks/{id}/postings',
  operation: 'webhooks.postings',
  scope: 'admin',
  summary: 'What was posted to an endpoint and what waits, newest first',
  query: z.strictObject({ state: postingStateSchema.optional(), ...pageQuery }),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(webhookPostingSchema) } },
  ...ofOne,
  handle: async ({ inviteMe, path: { id }, query: { state, ...page } }) => {
    const filter = state === undefined ? {} : { state }
    return reply(200, pageAnswer(await inviteMe.webhooks.postings(id, filter, pageOf(page)), page))
  },
})

const replay = defineRoute({
  method: 'post',
  path: '/v1/webhooks/{id}/replay',
  operation: 'webhooks.replay',
  scope: 'admin',
  summary: 'Posts again: some postings by their ids, or those made since a moment',
  body: replayBodySchema,
  answers: { 200: { description: 'How many.', schema: replayedSchema } },
  ...ofOne,
  handle: async ({ inviteMe, path: { id }, body }) =>
    reply(200, { replayed: await inviteMe.webhooks.replay(id, present(body)) }),
})

/** `/v1/webhooks` */
export const webhookRoutes: readonly Route[] = [
  create,
  list,
  get,
  update,
  remove,
  rotateSecret,
  postings,
  replay,
]
