import { z } from '@hono/zod-openapi'
import { found } from '../app/found.ts'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { present } from '../app/present.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { backlogSchema, deliveryCountsSchema, deliverySchema, deliveryStateSchema } from '../wire/delivery.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'

const id = z.string().max(100).optional()
const filterQuery = {
  messageId: id,
  invitationId: id,
  recipientId: id,
  state: deliveryStateSchema.optional(),
} as const

const list = defineRoute({
  method: 'get',
  path: '/v1/deliveries',
  operation: 'deliveries.list',
  scope: 'read',
  summary: 'Deliveries, oldest first',
  query: z.strictObject({ ...filterQuery, ...pageQuery }),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(deliverySchema) } },
  handle: async ({ inviteMe, query: { limit, after, ...filter } }) =>
    reply(
      200,
      pageAnswer(await inviteMe.deliveries.list(present(filter), pageOf({ limit, after })), { limit }),
    ),
})

const counts = defineRoute({
  method: 'get',
  path: '/v1/deliveries/counts',
  operation: 'deliveries.counts',
  scope: 'read',
  summary: 'How many deliveries are in each state; states nobody is in are left out',
  query: z.strictObject(filterQuery),
  answers: { 200: { description: 'The counts.', schema: deliveryCountsSchema } },
  handle: async ({ inviteMe, query }) => reply(200, await inviteMe.deliveries.counts(present(query))),
})

const backlog = defineRoute({
  method: 'get',
  path: '/v1/deliveries/backlog',
  operation: 'deliveries.backlog',
  scope: 'read',
  summary: 'What waits, by channel and lane',
  answers: {
    200: {
      description: 'One row for each lane in which something waits.',
      schema: z.strictObject({ items: z.array(backlogSchema), next: z.null() }).openapi('Backlogs'),
    },
  },
  handle: async ({ inviteMe }) => reply(200, { items: await inviteMe.deliveries.backlog(), next: null }),
})

const get = defineRoute({
  method: 'get',
  path: '/v1/deliveries/{id}',
  operation: 'deliveries.get',
  scope: 'read',
  summary: 'One delivery',
  answers: { 200: { description: 'The delivery.', schema: deliverySchema } },
  problems: ['DELIVERY_UNKNOWN'],
  handle: async ({ inviteMe, path }) =>
    reply(200, found(await inviteMe.deliveries.get(path.id), 'DELIVERY_UNKNOWN')),
})

const revokeLinks = defineRoute({
  method: 'post',
  path: '/v1/deliveries/{id}/revoke-links',
  operation: 'deliveries.revokeLinks',
  scope: 'send',
  summary: 'Makes every link and reply address of a delivery useless: it reached the wrong person',
  answers: { 204: { description: 'Done; also when it was done before.' } },
  problems: ['DELIVERY_UNKNOWN', 'STOPPED'],
  handle: async ({ inviteMe, path }) => {
    found(await inviteMe.deliveries.get(path.id), 'DELIVERY_UNKNOWN')
    await inviteMe.deliveries.revokeLinks(path.id)
    return reply(204)
  },
})

/** `/v1/deliveries` */
export const deliveryRoutes: readonly Route[] = [list, counts, backlog, get, revokeLinks]
