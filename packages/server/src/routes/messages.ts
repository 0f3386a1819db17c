import { InviteMeError, type Delivery, type InviteMe } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { found } from '../app/found.ts'
import { keyOption } from '../app/idempotency-key.ts'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { present } from '../app/present.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { watch, type Waiting } from '../app/wait.ts'
import { deliverySchema } from '../wire/delivery.ts'
import { calendarInputSchema, messageSchema, sendBodySchema } from '../wire/message.ts'
import { idSchema } from '../wire/moment.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import { waitQuery } from '../wire/wait-query.ts'
import { acceptProblems } from './accept-problems.ts'

/** Longest wait of `mode: 'inline'`. */
const inlineWaitMs = 30_000
/** Most recipients of `mode: 'inline'`: whoever waits wants to see each of them. */
const inlineRecipients = 100
/** Deliveries an answer holds at most; the others are a list of their own. */
const shownDeliveries = 1_000

const acceptedShape = { messageId: idSchema, deliveryIds: z.array(z.string()) } as const

const send = defineRoute({
  method: 'post',
  path: '/v1/messages',
  operation: 'messages.send',
  scope: 'send',
  summary: 'Sends a notice that wants no answer',
  description: 'Answers as soon as the message is durable, before anything is sent.',
  body: sendBodySchema,
  takesKey: true,
  answers: {
    200: {
      description: 'Mode `inline`: the deliveries as they stand.',
      schema: z.strictObject({ ...acceptedShape, deliveries: z.array(deliverySchema) }).openapi('SentInline'),
    },
    202: { description: 'Accepted.', schema: z.strictObject(acceptedShape).openapi('SendAccepted') },
  },
  problems: acceptProblems,
  handle: async (call) => {
    const { inviteMe, world, body, idempotencyKey } = call
    const { to, content, mode, key, ...options } = body
    if (mode === 'inline' && Array.isArray(to) && to.length > inlineRecipients)
      throw new InviteMeError(
        'REQUEST_INVALID',
        `"to" is wrong: mode "inline" takes at most ${String(inlineRecipients)} recipients.`,
        {
          field: 'to',
        },
      )
    const { messageId, deliveryIds } = await inviteMe.send(to, present(content), {
      ...present(options),
      ...keyOption(idempotencyKey, key),
    })
    if (mode === 'queued') return reply(202, { messageId, deliveryIds })
    const until = world.ending === undefined ? call.signal : AbortSignal.any([call.signal, world.ending])
    const deliveries = await onceSent(inviteMe, { clock: world.clock, signal: until }, messageId)
    return reply(200, { messageId, deliveryIds, deliveries })
  },
})

const list = defineRoute({
  method: 'get',
  path: '/v1/messages',
  operation: 'messages.list',
  scope: 'read',
  summary: 'Messages, newest first',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(messageSchema) } },
  handle: async ({ inviteMe, query }) =>
    reply(200, pageAnswer(await inviteMe.messages.list(pageOf(query)), query)),
})

const get = defineRoute({
  method: 'get',
  path: '/v1/messages/{id}',
  operation: 'messages.get',
  scope: 'read',
  summary: 'One message',
  answers: { 200: { description: 'The message.', schema: messageSchema } },
  problems: ['MESSAGE_UNKNOWN'],
  handle: async ({ inviteMe, path }) =>
    reply(200, found(await inviteMe.messages.get(path.id), 'MESSAGE_UNKNOWN')),
})

const reschedule = defineRoute({
  method: 'post',
  path: '/v1/messages/{id}/reschedule',
  operation: 'messages.reschedule',
  scope: 'send',
  summary: 'Changes the calendar entry of a message, also where it stands already',
  body: z.strictObject({ calendar: calendarInputSchema }).openapi('RescheduleBody'),
  answers: { 204: { description: 'Changed.' } },
  problems: ['MESSAGE_UNKNOWN', 'STOPPED'],
  rename: { messageId: 'path.id' },
  handle: async ({ inviteMe, path, body }) => {
    found(await inviteMe.messages.get(path.id), 'MESSAGE_UNKNOWN')
    await inviteMe.messages.reschedule(path.id, present(body.calendar))
    return reply(204)
  },
})

const settled = defineRoute({
  method: 'get',
  path: '/v1/messages/{id}/settled',
  operation: 'messages.settled',
  scope: 'read',
  summary: 'Whether any delivery of a message has something left to do',
  description: `With \`wait\`, answers once none has, or when the time is over. Holds the first ${String(shownDeliveries)} deliveries.`,
  query: z.strictObject({ wait: waitQuery }),
  answers: {
    200: {
      description: 'How they stand.',
      schema: z
        .strictObject({ settled: z.boolean(), deliveries: z.array(deliverySchema).max(shownDeliveries) })
        .openapi('Settled'),
    },
  },
  problems: ['MESSAGE_UNKNOWN'],
  handle: async ({ inviteMe, world, path, query, signal }) => {
    found(await inviteMe.messages.get(path.id), 'MESSAGE_UNKNOWN')
    const look = settledLooks(inviteMe, path.id)
    const answer = await watch(
      inviteMe,
      { clock: world.clock, signal },
      query.wait ?? 0,
      async () => {
        const standing = await look()
        return { isDone: standing.settled, found: standing }
      },
      (event) => event.messageId === path.id,
    )
    return reply(200, answer)
  },
})

/** The deliveries of a message, once a provider has taken each or it has ended, or the wait is over. */
function onceSent(inviteMe: InviteMe, waiting: Waiting, messageId: string): Promise<readonly Delivery[]> {
  return watch(
    inviteMe,
    waiting,
    inlineWaitMs,
    async () => {
      const deliveries = await inviteMe.deliveries.list({ messageId }, { limit: shownDeliveries })
      return { isDone: deliveries.every(hasLeft), found: deliveries }
    },
    (event) => event.messageId === messageId,
  )
}

function hasLeft({ state, firstAcceptedAt, dueAt }: Delivery): boolean {
  // What is held back waits for hours, and nobody waits with it.
  return firstAcceptedAt !== null || state === 'held' || (dueAt === null && state !== 'sending')
}

/**
 * Looks at all deliveries of a message, in pages, until one has something left to do. A later look goes on at the page where the
 * one before ended: while a message to 100,000 people is sent, something happens to it all the time.
 */
function settledLooks(
  inviteMe: Pick<InviteMe, 'deliveries'>,
  messageId: string,
): () => Promise<{ readonly settled: boolean; readonly deliveries: readonly Delivery[] }> {
  let settledTo: string | undefined
  const pageAfter = (after: string | undefined) =>
    inviteMe.deliveries.list({ messageId }, { limit: shownDeliveries, ...(after !== undefined && { after }) })
  return async () => {
    const first = await pageAfter(undefined)
    let page = first
    // As many pages as a message can have recipients.
    while (page.every(isSettled) && page.length === shownDeliveries) {
      settledTo = page === first ? (settledTo ?? first.at(-1)?.id) : page.at(-1)?.id
      page = await pageAfter(settledTo)
    }
    return { settled: page.every(isSettled), deliveries: first }
  }
}

function isSettled({ dueAt, state }: Delivery): boolean {
  return dueAt === null && state !== 'sending'
}

/** `/v1/messages` */
export const messageRoutes: readonly Route[] = [send, list, get, reschedule, settled]
