import { z } from '@hono/zod-openapi'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { present } from '../app/present.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { channelSchema } from '../wire/message.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import { receiptSchema } from '../wire/receipt.ts'

const id = z.string().max(100).optional()

const list = defineRoute({
  method: 'get',
  path: '/v1/receipts',
  operation: 'receipts.list',
  scope: 'read',
  summary: 'The record of what happened, oldest first',
  query: z.strictObject({
    messageId: id,
    deliveryId: id,
    invitationId: id,
    recipientId: id,
    channel: channelSchema.optional(),
    ...pageQuery,
  }),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(receiptSchema) } },
  handle: async ({ inviteMe, query: { limit, after, ...filter } }) =>
    reply(
      200,
      pageAnswer(await inviteMe.receipts.list(present(filter), pageOf({ limit, after })), { limit }),
    ),
})

/** `/v1/receipts` */
export const receiptRoutes: readonly Route[] = [list]
