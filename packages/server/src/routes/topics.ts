import { z } from '@hono/zod-openapi'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { defaultLimit, eventPageAnswer } from '../app/page-cursor.ts'
import { liveCallerOf } from '../realtime/create-live.ts'
import { pageOfTopic, streamTopic, type FollowRequest } from '../realtime/follow-over-http.ts'
import { readAfter } from '../realtime/read-after.ts'
import { pageQuery } from '../wire/page.ts'
import { publishSchema, topicPageSchema, topicPathSchema } from '../wire/topic.ts'
import { waitQuery } from '../wire/wait-query.ts'

const inPath = { topic: 'path.topic', after: 'query.after' }

const follow = defineRoute({
  method: 'get',
  path: '/v1/topics/{topic}',
  operation: 'topics.follow',
  scope: 'live',
  orRecipient: true,
  summary: 'What a live topic carries',
  description:
    'A page of JSON from the beginning or after a cursor; with `wait` it waits until there is something. With `Accept: text/event-stream` it is a stream of server-sent events from now on, or after `Last-Event-ID`; the id of each event is a cursor.',
  params: topicPathSchema,
  query: z.strictObject({
    limit: pageQuery.limit,
    after: pageQuery.after.openapi({
      description: 'Cursor of the last event you have, or `now`.',
      example: 'now',
    }),
    wait: waitQuery,
  }),
  answers: {
    200: {
      description: 'Events, oldest first.',
      schema: topicPageSchema,
      content: ['text/event-stream'],
    },
  },
  problems: ['STOPPED'],
  rename: inPath,
  handle: async ({ world, inviteMe, path: { topic }, query, caller, request, signal }) => {
    const { world: live } = world.live
    const credential =
      request.headers
        .get('authorization')
        ?.replace(/^Bearer +/i, '')
        .trim() ?? ''
    const who: Omit<FollowRequest, 'after'> = { topic, caller: liveCallerOf(caller), credential }
    if (wantsStream(request)) return streamTopic(live, { ...who, after: placeOfStream(request, query.after) })
    const after = query.after === 'now' ? await inviteMe.events.last() : placeOf(query.after)
    const { limit = defaultLimit, wait: waitMs = 0 } = query
    const events = await pageOfTopic(live, { ...who, after }, { limit, waitMs, signal })
    return reply(200, eventPageAnswer(events, after))
  },
})

const publish = defineRoute({
  method: 'post',
  path: '/v1/topics/{topic}',
  operation: 'topics.publish',
  scope: 'send',
  summary: 'Say something on a live topic of your own, `group:…` or `event:…`',
  params: topicPathSchema,
  body: publishSchema,
  answers: { 202: { description: 'It is kept and goes to everybody who follows.' } },
  rename: inPath,
  handle: async ({ inviteMe, path: { topic }, body: { data } }) => {
    await inviteMe.topics.publish(topic, data)
    return reply(202)
  },
})

/** `/v1/topics` */
export const topicRoutes: readonly Route[] = [follow, publish]

/** A HEAD of a stream would be a stream nobody reads. */
function wantsStream({ method, headers }: Request): boolean {
  return method !== 'HEAD' && (headers.get('accept') ?? '').toLowerCase().includes('text/event-stream')
}

/** A browser that connects again repeats the address it began with and adds what it had last. */
function placeOfStream({ headers }: Request, after: string | undefined): number | undefined {
  const last = headers.get('last-event-id')
  if (last !== null && last !== '') return readAfter(last, 'header.last-event-id')
  return after === 'now' ? undefined : placeOf(after)
}

function placeOf(after: string | undefined): number | undefined {
  return after === undefined ? undefined : readAfter(after, 'query.after')
}
