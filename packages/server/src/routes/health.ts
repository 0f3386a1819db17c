import { InviteMeError } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { defineRoute, reply, type Route } from '../app/route.ts'

/** Longest time the store may take to say that it is there. */
const storeDeadlineMs = 2_000

const statusSchema = z.strictObject({ status: z.enum(['ok', 'ready']) }).openapi('Health')

const live = defineRoute({
  method: 'get',
  path: '/healthz',
  operation: 'health.live',
  scope: 'none',
  summary: 'Whether the process lives',
  answers: { 200: { description: 'It does.', schema: statusSchema } },
  handle: async () => reply(200, { status: 'ok' }),
})

const ready = defineRoute({
  method: 'get',
  path: '/readyz',
  operation: 'health.ready',
  scope: 'none',
  summary: 'Whether requests should be sent here: the store answers, and the server is not stopping',
  answers: { 200: { description: 'They should.', schema: statusSchema } },
  problems: ['STOPPED'],
  handle: async ({ inviteMe, world }) => {
    if (!world.isReady()) throw new InviteMeError('STOPPED', 'This server is stopping.')
    let callOff = (): void => undefined
    const late = new Promise<'late'>((resolve) => {
      callOff = world.clock.schedule(storeDeadlineMs, () => resolve('late'), { keepAlive: false })
    })
    const first = await Promise.race([inviteMe.events.last(), late]).finally(() => callOff())
    if (first === 'late') throw new InviteMeError('STORE_UNAVAILABLE', 'The store did not answer in time.')
    return reply(200, { status: 'ready' })
  },
})

/** `/healthz`, `/readyz` */
export const healthRoutes: readonly Route[] = [live, ready]
