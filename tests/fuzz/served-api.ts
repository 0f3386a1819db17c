import { randomUUID } from 'node:crypto'
import { inApp } from '@invite-me/channels/in-app'
import { createInviteMe, yesNo, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { scriptedChannel } from '@invite-me/core/testing'
import { createApp, type App, type RequestRecord } from '@invite-me/server/app'
import { listenOnLoopback } from '@invite-me/server/listen'
import { waitUntil } from '../peers/wait-until.ts'

/** The HTTP interface on a free port of loopback, over an engine in memory that knows {@link person}. */
export interface ServedApi {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** Secret of a key with every scope. */
  readonly owner: string
  readonly app: App
  /** How each request so far was answered, oldest first. */
  readonly answers: readonly RequestRecord[]
  /** What went wrong on our side, a line each; empty while nothing has. */
  readonly troubles: readonly string[]
  close(): Promise<void>
}

/** Serves the interface. Its channels are scripts and its webhooks go nowhere, so nothing leaves the machine. */
export async function serveApi(): Promise<ServedApi> {
  const troubles: string[] = []
  const answers: RequestRecord[] = []
  const log = {
    warn: () => undefined,
    error: (text: string, details?: object) => void troubles.push(`${text} ${JSON.stringify(details ?? {})}`),
  }
  const inviteMe = await createInviteMe({
    store: sqlite(':memory:'),
    channels: [
      scriptedChannel({ name: 'email' }),
      { ...scriptedChannel({ name: 'telegram' }), connectUrl: (token) => `https://t.me/bot?start=${token}` },
      inApp({}),
    ],
    webhooks: { post: async () => ({ status: 204 }) },
    portal: { url: 'https://portal.test' },
    log,
  })
  const { secret: owner } = await inviteMe.keys.create({ name: 'owner', role: 'owner' })
  const app = createApp(inviteMe, {
    limits: plenty,
    log,
    onRequest: (record) => void answers.push(record),
  })
  const listening = await listenOnLoopback(async (request) =>
    app.fetch(await withThingsToAskFor(inviteMe, request)),
  )
  return {
    url: listening.url,
    owner,
    app,
    answers,
    troubles,
    close: async () => {
      await app.live.close({ deadlineMs: 0 })
      await listening.close()
      await inviteMe.stop({ deadlineMs: 100 })
    },
  }
}

const plenty = { writesPerMinute: 10_000_000, readsPerMinute: 10_000_000, refusalsPerMinute: 10_000_000 }

/** Somebody the interface knows; their externalId, which is their address in the inbox too. */
export const person = 'sam'

/**
 * The last part of a path that stands for a thing made for this request alone. A test may remove things, in any order; the next
 * request must find one again.
 */
export const aNewOne = 'a-new-one'

/** The same request, once there is what its path names. */
async function withThingsToAskFor(inviteMe: InviteMe, request: Request): Promise<Request> {
  const url = new URL(request.url)
  const [, , resource = '', name] = url.pathname.split('/')
  await meet(inviteMe)
  if (name !== aNewOne) return request
  const id = await makers[resource]?.(inviteMe)
  if (id !== undefined) url.pathname = url.pathname.replace(aNewOne, id)
  return new Request(url, request)
}

const makers: Readonly<Record<string, (inviteMe: InviteMe) => Promise<string | undefined>>> = {
  messages: async (inviteMe) => (await appointment(inviteMe)).messageId,
  deliveries: async (inviteMe) => (await appointment(inviteMe)).deliveryIds[0],
  invitations: async (inviteMe) => (await question(inviteMe)).id,
  inbox: async (inviteMe) => {
    await question(inviteMe)
    const newest = async () => (await inviteMe.inbox(person).list({ limit: 1 }))[0]
    await waitUntil(
      'the question is in the inbox',
      async () => (await newest())?.invitation?.state === 'pending',
      5_000,
    )
    return (await newest())?.id
  },
  webhooks: async (inviteMe) =>
    (await inviteMe.webhooks.create({ url: 'https://example.org/hooks' })).endpoint.id,
  keys: async (inviteMe) => (await inviteMe.keys.create({ name: 'another', role: 'viewer' })).key.id,
  unmatched: async (inviteMe) => {
    await inviteMe.receive(
      'telegram',
      scriptedChannel({ name: 'telegram' }).report('nobody', 'read', { id: randomUUID() }),
    )
    return (await inviteMe.unmatched.list({ limit: 1 }))[0]?.id
  },
}

/** Makes sure that they are there, as they were. */
function meet(inviteMe: InviteMe) {
  return inviteMe.recipients.upsert({
    externalId: person,
    routes: { 'in-app': person, email: 'sam@guests.test' },
  })
}

async function appointment(inviteMe: InviteMe) {
  return inviteMe.send(
    { routes: { email: 'sam@guests.test' } },
    { text: 'Dinner', calendar: { start: '2027-01-05T19:00:00Z' } },
  )
}

async function question(inviteMe: InviteMe) {
  return inviteMe.ask({ routes: { 'in-app': person } }, 'Dinner?', { answer: yesNo() })
}
