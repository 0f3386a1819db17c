import type { ScriptedProvider } from '@invite-me/core/testing'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A page as the system took it: the fields of its form, `to` from the path, and the key it was sent under. */
export type Page = Readonly<Record<string, string>>

/** A made-up system of pagers in the manner of text message gateways, on loopback. */
export interface PagerSystem extends ScriptedProvider {
  readonly url: string
  /** Every page it took, also twice under one key. */
  readonly pages: readonly Page[]
  close(): Promise<void>
}

type Mood = Parameters<ScriptedProvider['answer']>[0]

/** As many gateways do, it says 200 and tells what went wrong in the body; only credentials and outages have a status. */
const verdicts: Readonly<Partial<Record<Mood, readonly [status: number, body: object]>>> = {
  too_many: [200, { ok: false, error: { code: 'throttled', wait: 1_500 } }],
  unwell: [503, {}],
  no_such_address: [200, { ok: false, error: { code: 'no-such-pager' } }],
  said_stop: [200, { ok: false, error: { code: 'owner-said-stop' } }],
  not_allowed: [401, { ok: false, error: { code: 'bad-key' } }],
  bad_text: [200, { ok: false, error: { code: 'text-refused' } }],
}

/** Starts the system on a free port: `POST /v1/pagers/{to}/pages` with a form, `GET /v1/status`. */
export async function startPagerSystem(): Promise<PagerSystem> {
  const pages: Page[] = []
  const numbers = new Map<string, number>()
  let mood: Mood = 'well'

  const meet = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = Object.fromEntries(new URLSearchParams(await text(incoming)))
    if (mood === 'cut_after') incoming.socket.destroy()
    if (mood === 'cut_after' || mood === 'silent') return
    const [, to] = /^\/v1\/pagers\/([^/?]+)\/pages$/.exec(incoming.url ?? '') ?? []
    const key = String(incoming.headers['idempotency-key'] ?? '')
    const refusal =
      verdicts[mood] ?? (to === undefined && incoming.url !== '/v1/status' ? [404, {}] : undefined)
    if (refusal !== undefined) {
      response
        .writeHead(Number(refusal[0]), { 'content-type': 'application/json' })
        .end(JSON.stringify(refusal[1]))
      return
    }
    if (to !== undefined) pages.push({ ...form, to: decodeURIComponent(to), key })
    const number = numbers.get(key) ?? numbers.size + 1
    if (to !== undefined) numbers.set(key, number)
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ok: true, page: { number } }))
  }
  const server = createServer((incoming, response) => {
    meet(incoming, response).catch(() => incoming.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${String(port)}`,
    pages,
    answer: (next) => {
      mood = next
      if (mood === 'cut_before') server.close().closeAllConnections()
      else if (!server.listening) server.listen(port, '127.0.0.1')
    },
    received: () => pages.map((page) => Object.values(page).join('\n')),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
