import { z } from '@hono/zod-openapi'
import { eventPageAnswer, eventPageOf } from '../app/page-cursor.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { watch } from '../app/wait.ts'
import { eventPageSchema } from '../wire/domain-event.ts'
import { pageQuery } from '../wire/page.ts'
import { waitQuery } from '../wire/wait-query.ts'

const list = defineRoute({
  method: 'get',
  path: '/v1/events',
  operation: 'events.list',
  scope: 'read',
  summary: 'Everything that happened, oldest first; with `wait`, what happens next',
  description: 'Whoever reads on from `next` misses nothing and gets nothing twice.',
  query: z.strictObject({ wait: waitQuery, ...pageQuery }),
  answers: { 200: { description: 'A page.', schema: eventPageSchema } },
  handle: async ({ inviteMe, world, query, signal }) => {
    const page = eventPageOf(query)
    const events = await watch(inviteMe, { clock: world.clock, signal }, query.wait ?? 0, async () => {
      const happened = await inviteMe.events.list(page)
      return { isDone: happened.length > 0, found: happened }
    })
    return reply(200, eventPageAnswer(events, page.after))
  },
})

const last = defineRoute({
  method: 'get',
  path: '/v1/events/last',
  operation: 'events.last',
  scope: 'read',
  summary: 'Where the events stand, to read on from now',
  answers: {
    200: {
      description: 'Cursor of the newest event; 0 when there is none.',
      schema: z.strictObject({ cursor: z.int() }).openapi('LastEvent'),
    },
  },
  handle: async ({ inviteMe }) => reply(200, { cursor: await inviteMe.events.last() }),
})

/** `/v1/events` */
export const eventRoutes: readonly Route[] = [list, last]
