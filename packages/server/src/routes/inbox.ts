import { z } from '@hono/zod-openapi'
import { InviteMeError, type Inbox, type InviteMe } from '@invite-me/core'
import { keepToOwn, type Caller } from '../app/authenticate.ts'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import {
  answerBodySchema,
  changedSchema,
  countedSchema,
  inboxEntrySchema,
  inboxQuery,
  markBodySchema,
  onlySchema,
} from '../wire/inbox.ts'
import { responseReceiptSchema } from '../wire/invitation.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'

const whose = z.strictObject(inboxQuery)

const list = defineRoute({
  method: 'get',
  path: '/v1/inbox',
  operation: 'inbox.list',
  scope: 'read',
  orRecipient: true,
  summary: "One person's inbox, newest first",
  query: z.strictObject({ ...inboxQuery, only: onlySchema, ...pageQuery }),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(inboxEntrySchema) } },
  handle: async ({ inviteMe, caller, query }) => {
    const options = { ...pageOf(query), ...(query.only !== undefined && { only: query.only }) }
    return reply(200, pageAnswer(await inboxOf(inviteMe, caller, query).list(options), query))
  },
})

const count = defineRoute({
  method: 'get',
  path: '/v1/inbox/count',
  operation: 'inbox.count',
  scope: 'read',
  orRecipient: true,
  summary: 'How many entries an inbox has',
  query: z.strictObject({ ...inboxQuery, only: onlySchema }),
  answers: { 200: { description: 'The count.', schema: countedSchema } },
  handle: async ({ inviteMe, caller, query }) =>
    reply(200, { count: await inboxOf(inviteMe, caller, query).count(query.only) }),
})

const read = defineRoute({
  method: 'post',
  path: '/v1/inbox/read',
  operation: 'inbox.read',
  scope: 'send',
  orRecipient: true,
  summary: 'Marks entries as read',
  query: whose,
  body: markBodySchema,
  answers: { 200: { description: 'How many changed.', schema: changedSchema } },
  problems: ['STOPPED'],
  handle: async ({ inviteMe, caller, query, body: { ids } }) =>
    reply(200, { changed: await inboxOf(inviteMe, caller, query).read(ids) }),
})

const acknowledge = defineRoute({
  method: 'post',
  path: '/v1/inbox/acknowledge',
  operation: 'inbox.acknowledge',
  scope: 'send',
  orRecipient: true,
  summary: 'Marks entries as done with; they count as read too',
  query: whose,
  body: markBodySchema,
  answers: { 200: { description: 'How many changed.', schema: changedSchema } },
  problems: ['STOPPED'],
  handle: async ({ inviteMe, caller, query, body: { ids } }) =>
    reply(200, { changed: await inboxOf(inviteMe, caller, query).acknowledge(ids) }),
})

const answer = defineRoute({
  method: 'post',
  path: '/v1/inbox/{itemId}/answer',
  operation: 'inbox.answer',
  scope: 'send',
  orRecipient: true,
  summary: 'Answers the question of an entry in place',
  query: whose,
  body: answerBodySchema,
  answers: { 200: { description: 'What became of it.', schema: responseReceiptSchema } },
  problems: ['INVITATION_UNKNOWN', 'ANSWER_INVALID', 'STOPPED'],
  rename: { itemId: 'path.itemId' },
  refusals: { input: 'ANSWER_INVALID' },
  handle: async ({ inviteMe, caller, query, path: { itemId }, body: { input } }) =>
    reply(200, await inboxOf(inviteMe, caller, query).answer(itemId, input)),
})

/** The inbox that was asked for; a person's token opens their own alone. */
function inboxOf(inviteMe: InviteMe, caller: Caller, { address, channel }: z.output<typeof whose>): Inbox {
  const wanted = address ?? (caller.kind === 'recipient' ? caller.sub : undefined)
  if (wanted === undefined)
    throw new InviteMeError('REQUEST_INVALID', '"query.address" is missing: whose inbox is it?', {
      field: 'query.address',
    })
  keepToOwn(caller, wanted, 'query.address')
  return inviteMe.inbox(wanted, channel === undefined ? {} : { channel })
}

/** `/v1/inbox` */
export const inboxRoutes: readonly Route[] = [list, count, read, acknowledge, answer]
