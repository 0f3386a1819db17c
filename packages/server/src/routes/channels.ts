import { z } from '@hono/zod-openapi'
import { InviteMeError, type Clock, type ProbeResult } from '@invite-me/core'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { channelStatusSchema, probeResultSchema } from '../wire/channel.ts'

/** Longest check of one channel. */
const probeMs = 20_000

const list = defineRoute({
  method: 'get',
  path: '/v1/channels',
  operation: 'channels.list',
  scope: 'read',
  summary: 'The channels, in the order of the workspace',
  answers: {
    200: {
      description: 'All of them.',
      schema: z.strictObject({ items: z.array(channelStatusSchema), next: z.null() }).openapi('Channels'),
    },
  },
  handle: async ({ inviteMe }) => reply(200, { items: inviteMe.channels.list(), next: null }),
})

const probe = defineRoute({
  method: 'post',
  path: '/v1/channels/{name}/probe',
  operation: 'channels.probe',
  scope: 'admin',
  summary: 'Checks credentials and connection of a channel without sending',
  answers: { 200: { description: 'What was found within 20 s.', schema: probeResultSchema } },
  problems: ['CHANNEL_UNKNOWN'],
  rename: { name: 'path.name' },
  handle: async ({ inviteMe, world, path: { name }, signal }) =>
    reply(
      200,
      await withinTime(world.clock, signal, (until) => inviteMe.channels.probe(name, { signal: until })),
    ),
})

/** The check, or that it took too long, also for a channel that does not care for the signal. */
async function withinTime(
  clock: Clock,
  signal: AbortSignal,
  check: (until: AbortSignal) => Promise<ProbeResult>,
): Promise<ProbeResult> {
  const timeUp = new AbortController()
  let callOff = (): void => undefined
  const late = new Promise<ProbeResult>((resolve) => {
    callOff = clock.schedule(
      probeMs,
      () => {
        resolve({ ok: false, detail: `it did not answer within ${String(probeMs / 1_000)} s` })
        timeUp.abort()
      },
      { keepAlive: false },
    )
  })
  const checking = check(AbortSignal.any([timeUp.signal, signal])).catch((error: unknown): ProbeResult => {
    if (error instanceof InviteMeError) throw error
    return { ok: false, detail: 'the check itself failed; see the log of the server' }
  })
  try {
    return await Promise.race([late, checking])
  } finally {
    callOff()
  }
}

/** `/v1/channels` */
export const channelRoutes: readonly Route[] = [list, probe]
