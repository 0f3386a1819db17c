import type { ScriptedProvider } from '@invite-me/core/testing'
import { createECDH } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

/** A push service nobody here wrote, `web-push-testing`, on loopback: it checks the VAPID key and really decrypts. */
export interface WebPushService extends ScriptedProvider {
  readonly port: number
  /** Headers of every push, also refused ones, newest last. */
  readonly headers: readonly Readonly<Record<string, string>>[]
  /** Subscribes a browser. @param publicKey VAPID key; pushes with another one are refused */
  subscribe(publicKey: string): Promise<BrowserSubscription>
  /** The browser takes its permission back. */
  expire(subscription: BrowserSubscription): void
  /** Messages a browser got, decrypted. */
  messages(subscription: BrowserSubscription): readonly unknown[]
  /** Forgets the messages of all browsers. */
  forget(): void
  close(): Promise<void>
}

/** A subscription as a page gets it. */
export interface BrowserSubscription {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

type Mood = Parameters<ScriptedProvider['answer']>[0]
const statuses: Readonly<Partial<Record<Mood, number>>> = {
  too_many: 429,
  unwell: 503,
  no_such_address: 410,
  not_allowed: 403,
  bad_text: 413,
}

interface PushApiModel {
  notifyUrl: string
  readonly subscriptions: Record<string, unknown>
  messages: Readonly<Record<string, readonly string[]>>
  subscribe(options: object): Promise<BrowserSubscription>
  expireSubscription(clientHash: string): void
}
interface TestingServer {
  readonly _app: (incoming: IncomingMessage, response: ServerResponse) => void
  setRequestHandlers(): void
}

const require = createRequire(import.meta.url)

/**
 * Starts the service on loopback only: its own command would listen on every interface.
 *
 * @param port default any free one
 */
export async function startWebPushService(port = 0): Promise<WebPushService> {
  const { PushApiModel } = require('web-push-testing/src/PushApiModel.js') as {
    readonly PushApiModel: new () => PushApiModel
  }
  const Testing = require('web-push-testing/src/server.js') as new (
    model: PushApiModel,
    port: number,
  ) => TestingServer
  const model = new PushApiModel()
  const testing = new Testing(model, port)
  testing.setRequestHandlers()

  const headers: Readonly<Record<string, string>>[] = []
  let mood: Mood = 'well'
  const meet = (incoming: IncomingMessage, response: ServerResponse): void => {
    headers.push(
      Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    )
    const status = statuses[mood]
    if (mood === 'well') testing._app(incoming, response)
    else
      incoming.resume().once('end', () => {
        if (mood === 'cut_after') incoming.socket.destroy()
        if (status !== undefined)
          response.writeHead(status, status === 429 ? { 'retry-after': '30' } : {}).end()
      })
  }
  const server = createServer(meet)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  model.notifyUrl = `http://127.0.0.1:${String(taken)}/notify/`

  return {
    port: taken,
    headers,
    subscribe: async (publicKey) => {
      const { endpoint, keys } = await model.subscribe({
        userVisibleOnly: 'true',
        applicationServerKey: publicKey,
      })
      return { endpoint, keys }
    },
    expire: (subscription) => model.expireSubscription(hashOf(subscription)),
    messages: (subscription) =>
      (model.messages[hashOf(subscription)] ?? []).map((text): unknown => JSON.parse(text)),
    forget: () => {
      model.messages = {}
    },
    answer: (next) => {
      mood = next
      if (mood === 'cut_before') server.close().closeAllConnections()
      else if (!server.listening) server.listen(taken, '127.0.0.1')
    },
    received: () =>
      Object.values(model.messages)
        .flat()
        .map((text) => texts(JSON.parse(text)).join('\n')),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A new pair of VAPID keys, as `web-push generate-vapid-keys` prints them. */
export function vapidKeys(): { readonly publicKey: string; readonly privateKey: string } {
  const pair = createECDH('prime256v1')
  const publicKey = pair.generateKeys('base64url')
  // Leading zeros are part of it.
  return {
    publicKey,
    privateKey: Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url'),
  }
}

function hashOf({ endpoint }: BrowserSubscription): string {
  return endpoint.slice(endpoint.lastIndexOf('/') + 1)
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}
