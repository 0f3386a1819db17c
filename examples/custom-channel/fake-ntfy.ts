import type { ScriptedProvider } from '@invite-me/core/testing'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A notification as ntfy's clients get it. */
export interface Notification {
  readonly topic: string
  readonly message: string
  readonly title?: string
  readonly click?: string
  readonly actions?: readonly {
    readonly action: 'view' | 'http'
    readonly label: string
    readonly url: string
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  }[]
}

/** A small ntfy server on loopback that does as it is told. */
export interface FakeNtfy extends ScriptedProvider {
  readonly url: string
  /** Every message read to its end, also those that were then refused. */
  readonly notifications: readonly Notification[]
  /** Access token of the last request; undefined when it had none. */
  readonly accessToken: () => string | undefined
  close(): Promise<void>
}

/** What it can be told to do with messages. */
type Mood = Parameters<ScriptedProvider['answer']>[0]

/** What the real server answers (ntfy server, errors.go): HTTP status and its own code. */
const refusals: Readonly<Partial<Record<Mood, readonly [status: number, code: number]>>> = {
  too_many: [429, 42901],
  unwell: [500, 50001],
  no_such_address: [400, 40009],
  not_allowed: [401, 40101],
  bad_text: [400, 40011],
}

/** Starts the server on a free port. */
export async function startFakeNtfy(): Promise<FakeNtfy> {
  const notifications: Notification[] = []
  const taken: Notification[] = []
  let mood: Mood = 'well'
  let authorization: string | undefined

  const meet = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    authorization = request.headers.authorization
    const [status, code] = refusals[mood] ?? [200, undefined]
    if (request.url === '/v1/health') return answer(response, status, { healthy: status === 200, code })
    const notification = (await json(request)) as Notification
    notifications.push(notification)
    if (mood === 'cut_after') request.socket.destroy()
    if (mood === 'cut_after' || mood === 'silent') return
    if (code !== undefined) return answer(response, status, { code, http: status, error: 'refused' })
    taken.push(notification)
    answer(response, 200, { id: `m${taken.length}`, event: 'message', topic: notification.topic })
  }
  const server = createServer((request, response) => {
    meet(request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    notifications,
    accessToken: () => authorization?.replace('Bearer ', ''),
    answer: (next) => {
      mood = next
      // Nothing has left for a server that cannot be reached.
      if (mood === 'cut_before') server.close().closeAllConnections()
      else if (!server.listening) server.listen(port, '127.0.0.1')
    },
    received: () => taken.map(readable),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function readable({ actions = [], click, message, title }: Notification): string {
  const buttons = actions.map(({ body, label, url }) => [label, url, body].join(' '))
  return [title, message, click, ...buttons].join('\n')
}

function answer(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', ...(status === 429 && { 'retry-after': '30' }) }
  response.writeHead(status, headers).end(JSON.stringify(body))
}
