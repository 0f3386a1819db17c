import type { Invitation, InvitationResult, InviteMe, To } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { found } from '../app/found.ts'
import { keyOption } from '../app/idempotency-key.ts'
import { eventPageAnswer, eventPageOf, pageAnswer, pageOf } from '../app/page-cursor.ts'
import { present } from '../app/present.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { waitFor, watch, type Waiting } from '../app/wait.ts'
import { answerInputSchema } from '../wire/answer.ts'
import { eventPageSchema } from '../wire/domain-event.ts'
import {
  invitationResultSchema,
  invitationSchema,
  invitationStateSchema,
  responseReceiptSchema,
  responseSchema,
} from '../wire/invitation.ts'
import { askBodySchema, channelSchema } from '../wire/message.ts'
import { idSchema, orNull } from '../wire/moment.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import { waitQuery } from '../wire/wait-query.ts'
import { acceptProblems } from './accept-problems.ts'

const askedShape = {
  messageId: idSchema,
  invitations: z.array(z.strictObject({ id: idSchema, messageId: z.string(), to: z.string() })),
} as const

const ask = defineRoute({
  method: 'post',
  path: '/v1/invitations',
  operation: 'invitations.ask',
  scope: 'send',
  summary: 'Asks people something',
  description:
    'Answers as soon as the question is durable, before anything is sent. With `wait` and one recipient, answers with the result when it comes in time.',
  query: z.strictObject({ wait: waitQuery }),
  body: askBodySchema,
  takesKey: true,
  answers: {
    200: {
      description: 'Answered, or ended, within the wait.',
      schema: z.strictObject({ ...askedShape, result: invitationResultSchema }).openapi('AskAnswered'),
    },
    202: { description: 'Accepted.', schema: z.strictObject(askedShape).openapi('AskAccepted') },
  },
  problems: acceptProblems,
  rename: { content: 'question' },
  handle: async ({ inviteMe, world, query, body, idempotencyKey, signal }) => {
    const { to, question, answer, key, ...rest } = body
    const options = { ...present(rest), ...keyOption(idempotencyKey, key), answer: { spec: answer } }
    const people: readonly To[] = Array.isArray(to) ? to : [to]
    const { messageId, invitations } = await inviteMe.ask(people, present(question), options)
    const asked = {
      messageId,
      invitations: invitations.map(({ id, to: who }) => ({ id, messageId, to: who })),
    }
    const [only, ...others] = invitations
    if (query.wait === undefined || only === undefined || others.length > 0) return reply(202, asked)
    const result = await resultWithin(inviteMe, only, { clock: world.clock, signal }, query.wait)
    return result === null ? reply(202, asked) : reply(200, { ...asked, result })
  },
})

const list = defineRoute({
  method: 'get',
  path: '/v1/invitations',
  operation: 'invitations.list',
  scope: 'read',
  summary: 'Invitations, oldest first',
  query: z.strictObject({
    messageId: z.string().max(100).optional(),
    state: invitationStateSchema.optional(),
    ...pageQuery,
  }),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(invitationSchema) } },
  handle: async ({ inviteMe, query: { limit, after, ...filter } }) =>
    reply(
      200,
      pageAnswer(await inviteMe.invitations.list(present(filter), pageOf({ limit, after })), { limit }),
    ),
})

const get = defineRoute({
  method: 'get',
  path: '/v1/invitations/{id}',
  operation: 'invitations.get',
  scope: 'read',
  summary: 'One invitation',
  answers: { 200: { description: 'The invitation.', schema: invitationSchema } },
  problems: ['INVITATION_UNKNOWN'],
  handle: async ({ inviteMe, path }) =>
    reply(200, found(await inviteMe.invitations.get(path.id), 'INVITATION_UNKNOWN')),
})

const result = defineRoute({
  method: 'get',
  path: '/v1/invitations/{id}/result',
  operation: 'invitations.result',
  scope: 'read',
  summary: 'The answer, or the end; null while it waits for one',
  query: z.strictObject({ wait: waitQuery }),
  answers: {
    200: {
      description: 'The result so far.',
      schema: z.strictObject({ result: orNull(invitationResultSchema) }).openapi('ResultSoFar'),
    },
  },
  problems: ['INVITATION_UNKNOWN'],
  rename: { id: 'path.id' },
  handle: async ({ inviteMe, world, path, query, signal }) => {
    const invitation = await inviteMe.invitation(path.id)
    const waiting = { clock: world.clock, signal }
    return reply(200, { result: await resultWithin(inviteMe, invitation, waiting, query.wait ?? 0) })
  },
})

const why = defineRoute({
  method: 'get',
  path: '/v1/invitations/{id}/why',
  operation: 'invitations.why',
  scope: 'read',
  summary: 'What happened and why, in plain words, a line each',
  answers: { 200: { description: 'The story.', schema: z.strictObject({ why: z.string() }).openapi('Why') } },
  problems: ['INVITATION_UNKNOWN'],
  rename: { id: 'path.id' },
  handle: async ({ inviteMe, path }) => reply(200, { why: await (await inviteMe.invitation(path.id)).why() }),
})

const responses = defineRoute({
  method: 'get',
  path: '/v1/invitations/{id}/responses',
  operation: 'invitations.responses',
  scope: 'read',
  summary: 'Every answer as it came, whatever became of it',
  answers: {
    200: {
      description: 'All of them, oldest first.',
      schema: z.strictObject({ items: z.array(responseSchema), next: z.null() }).openapi('Responses'),
    },
  },
  problems: ['INVITATION_UNKNOWN'],
  handle: async ({ inviteMe, path }) => {
    found(await inviteMe.invitations.get(path.id), 'INVITATION_UNKNOWN')
    return reply(200, { items: await inviteMe.invitations.responses(path.id), next: null })
  },
})

const events = defineRoute({
  method: 'get',
  path: '/v1/invitations/{id}/events',
  operation: 'invitations.events',
  scope: 'read',
  summary: 'What happened to an invitation, oldest first; with `wait`, what happens next',
  query: z.strictObject({ wait: waitQuery, ...pageQuery }),
  answers: { 200: { description: 'A page.', schema: eventPageSchema } },
  problems: ['INVITATION_UNKNOWN'],
  handle: async ({ inviteMe, world, path, query, signal }) => {
    const page = eventPageOf(query)
    found(await inviteMe.invitations.get(path.id), 'INVITATION_UNKNOWN')
    const items = await watch(
      inviteMe,
      { clock: world.clock, signal },
      query.wait ?? 0,
      async () => {
        const happened = await inviteMe.events.list({ ...page, invitationId: path.id })
        return { isDone: happened.length > 0, found: happened }
      },
      (event) => event.invitationId === path.id,
    )
    return reply(200, eventPageAnswer(items, page.after))
  },
})

const cancel = defineRoute({
  method: 'post',
  path: '/v1/invitations/{id}/cancel',
  operation: 'invitations.cancel',
  scope: 'send',
  summary: 'Calls an invitation off; repeating it changes nothing',
  answers: {
    200: {
      description: 'The state it is in now.',
      schema: z.strictObject({ state: invitationStateSchema }).openapi('Cancelled'),
    },
  },
  problems: ['INVITATION_UNKNOWN', 'STOPPED'],
  rename: { id: 'path.id' },
  handle: async ({ inviteMe, path }) =>
    reply(200, { state: await (await inviteMe.invitation(path.id)).cancel() }),
})

const respond = defineRoute({
  method: 'post',
  path: '/v1/invitations/{id}/response',
  operation: 'invitations.respond',
  scope: 'send',
  summary: "Answers on somebody's behalf",
  body: z.strictObject({ input: answerInputSchema, via: channelSchema.optional() }).openapi('RespondBody'),
  answers: { 200: { description: 'What became of it.', schema: responseReceiptSchema } },
  problems: ['INVITATION_UNKNOWN', 'ANSWER_INVALID', 'STOPPED'],
  rename: { id: 'path.id', invitationId: 'path.id' },
  refusals: { input: 'ANSWER_INVALID' },
  handle: async ({ inviteMe, path, body: { input, via } }) =>
    reply(200, await inviteMe.respond(path.id, input, via === undefined ? {} : { via })),
})

/**
 * The result of an invitation as soon as there is one; `null` when the time is over first. Only what happens to this invitation
 * makes it look: thousands may wait, and each of them would read the store whenever anything happens to anybody.
 */
function resultWithin(
  inviteMe: Pick<InviteMe, 'on'>,
  invitation: Invitation<unknown>,
  waiting: Waiting,
  waitMs: number,
): Promise<InvitationResult<unknown> | null> {
  return watch(
    inviteMe,
    waiting,
    waitMs,
    async () => {
      if ((await invitation.state()) === 'pending') return { isDone: false, found: null }
      // One that is over needs no time, but must not wait for ever should it be opened again just now.
      const result = await waitFor(waiting, 1_000, (signal) => invitation.answer({ signal }))
      return { isDone: result !== undefined, found: result ?? null }
    },
    (event) => event.invitationId === invitation.id,
  )
}

/** `/v1/invitations` */
export const invitationRoutes: readonly Route[] = [
  ask,
  list,
  get,
  result,
  why,
  responses,
  events,
  cancel,
  respond,
]
