import type { ScriptedProvider } from '@invite-me/core/testing'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { verifyElsewhere } from './verify-webhook.ts'

/** A webhook that came in and was signed. */
export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string>>
  /** The raw body. */
  readonly body: string
  readonly payload: {
    readonly type: string
    readonly timestamp: string
    readonly data: Readonly<Record<string, unknown>>
  }
}

/** An endpoint on loopback that believes nothing unsigned and does as it is told. */
export interface WebhookEndpoint extends ScriptedProvider {
  readonly url: string
  /** Every webhook it took, in order. */
  readonly webhooks: readonly ReceivedWebhook[]
  /** Answers the next webhooks like this, until told otherwise. */
  answerWith(status: number, headers?: Readonly<Record<string, string>>): void
  close(): Promise<void>
}

type Mood = Parameters<ScriptedProvider['answer']>[0]
const statuses: Readonly<Partial<Record<Mood, number>>> = {
  too_many: 429,
  unwell: 503,
  no_such_address: 410,
  not_allowed: 401,
  bad_text: 422,
}

/**
 * Starts an endpoint on a free port. Signatures are checked by two libraries of others, `standardwebhooks` and `svix`; what
 * either refuses is answered with 400 and not kept.
 *
 * @param secret `whsec_…`; without one nothing is checked
 */
export async function startWebhookEndpoint(secret?: string): Promise<WebhookEndpoint> {
  const webhooks: ReceivedWebhook[] = []
  let mood: Mood = 'well'
  let told: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | undefined

  const meet = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = String(await buffer(incoming))
    if (mood === 'cut_after') incoming.socket.destroy()
    if (mood === 'cut_after' || mood === 'silent') return
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    )
    if (secret !== undefined && !isSigned(secret, body, headers)) {
      response.writeHead(400).end()
      return
    }
    const status = told?.status ?? statuses[mood] ?? 204
    if (status < 300)
      webhooks.push({ headers, body, payload: JSON.parse(body) as ReceivedWebhook['payload'] })
    response.writeHead(status, told?.headers ?? (status === 429 ? { 'retry-after': '30' } : {})).end()
  }
  const server = createServer((incoming, response) => {
    meet(incoming, response).catch(() => incoming.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${String(port)}/hooks/invitations`,
    webhooks,
    answer: (next) => {
      mood = next
      // Nothing has left for a server that cannot be reached.
      if (mood === 'cut_before') server.close().closeAllConnections()
      else if (!server.listening) server.listen(port, '127.0.0.1')
    },
    answerWith: (status, headers = {}) => {
      told = { status, headers }
    },
    received: () => webhooks.map(readable),
    edited: () => webhooks.flatMap((change) => edited(change, webhooks)).toReversed(),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isSigned(secret: string, body: string, headers: Readonly<Record<string, string>>): boolean {
  return Object.values(verifyElsewhere(secret, body, headers)).every((verdict) => verdict === 'believed')
}

/** Every text of it as its reader gets it, and the key it was sent under (a webhook's id has `_` where keys have dots). */
function readable({ headers, payload }: ReceivedWebhook): string {
  return [headers['webhook-id']?.replaceAll('_', '.'), ...texts(payload)].join('\n')
}

/** What an endpoint that shows questions would show now: the question without its buttons, and what became of it. */
function edited({ payload }: ReceivedWebhook, webhooks: readonly ReceivedWebhook[]): readonly string[] {
  const { id, notice } = payload.data
  const asked = webhooks.find(({ headers }) => headers['webhook-id'] === id)
  return asked === undefined ? [] : [[asked.payload.data['text'], notice].join('\n')]
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}
