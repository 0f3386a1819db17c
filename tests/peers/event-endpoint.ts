import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A post as it came in. */
export interface ReceivedEvent {
  /** Path it was posted to. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The raw body. */
  readonly body: string
  readonly payload: {
    readonly type: string
    readonly timestamp: string
    readonly data: Readonly<Record<string, unknown>>
  }
}

/** What an endpoint does with a post it has read. */
export type EndpointMood = (response: ServerResponse, event: ReceivedEvent) => void

/** A server on loopback with as many endpoints as there are paths. */
export interface EventEndpoint {
  /** Address of one of its endpoints. */
  url(path?: string): string
  /** Every post, also those it answered badly, in order of arrival. */
  readonly events: readonly ReceivedEvent[]
  /** Most posts that were open at once, by path. */
  readonly mostAtOnce: ReadonlyMap<string, number>
  /** Does this with each post from now on, until told otherwise; at the beginning every one is taken. */
  behave(mood: EndpointMood): void
  close(): Promise<void>
}

/** Takes a post. */
export const take = (response: ServerResponse): void => {
  response.writeHead(204).end()
}
/** Answers with a status. */
export const answer =
  (status: number, headers: Readonly<Record<string, string>> = {}): EndpointMood =>
  (response) => {
    response.writeHead(status, headers).end()
  }

/** Starts it on a free port. */
export async function startEventEndpoint(): Promise<EventEndpoint> {
  const events: ReceivedEvent[] = []
  const open = new Map<string, number>()
  const mostAtOnce = new Map<string, number>()
  let mood: EndpointMood = take
  const count = (path: string, change: number): void => {
    const now = (open.get(path) ?? 0) + change
    open.set(path, now)
    mostAtOnce.set(path, Math.max(now, mostAtOnce.get(path) ?? 0))
  }
  const meet = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = incoming.url ?? ''
    count(path, 1)
    response.once('close', () => {
      count(path, -1)
    })
    const event = await readEvent(incoming)
    events.push(event)
    mood(response, event)
  }
  const server = createServer((incoming, response) => {
    meet(incoming, response).catch(() => incoming.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: (path = '/events') => `http://127.0.0.1:${String(port)}${path}`,
    events,
    mostAtOnce,
    behave: (next) => {
      mood = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readEvent(incoming: IncomingMessage): Promise<ReceivedEvent> {
  const body = String(await buffer(incoming))
  return {
    path: incoming.url ?? '',
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    ),
    body,
    payload: JSON.parse(body) as ReceivedEvent['payload'],
  }
}
