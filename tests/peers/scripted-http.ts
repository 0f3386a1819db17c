import type { ProviderTrouble, ScriptedProvider } from '@invite-me/core/testing'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request that came in whole. */
export interface HttpCall {
  readonly method: string
  /** With its query, below the server's address. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What is answered. */
export interface HttpAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object goes as JSON. */
  readonly body?: object | string
}

/** How a provider behaves. */
export interface HttpScript {
  /** Whether a request hands in a message; only those meet troubles, except for `not_allowed`, which meets all. */
  readonly isMessage: (call: HttpCall) => boolean
  /** What it says in each trouble; one that is missing cannot be told. */
  readonly refusals: Readonly<Partial<Record<ProviderTrouble, HttpAnswer>>>
  /** What it says when it is well. */
  readonly answer: (call: HttpCall) => HttpAnswer
}

/** A provider's HTTP server on loopback that does as it is told. */
export interface ScriptedHttp extends Pick<ScriptedProvider, 'answer'> {
  readonly url: string
  /** Everything that came in whole, in order. */
  readonly calls: readonly HttpCall[]
  close(): Promise<void>
}

/** Starts such a server on a free port. */
export async function startScriptedHttp({ answer, isMessage, refusals }: HttpScript): Promise<ScriptedHttp> {
  const calls: HttpCall[] = []
  let mood: 'well' | ProviderTrouble = 'well'

  const meet = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request)
    calls.push(call)
    const isMet = isMessage(call) || mood === 'not_allowed'
    if (isMet && mood === 'cut_after') request.socket.destroy()
    if (isMet && (mood === 'cut_after' || mood === 'silent')) return
    write(response, isMet && mood !== 'well' ? (refusals[mood] ?? { status: 500 }) : answer(call))
  }
  const server = createServer((request, response) => {
    meet(request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${String(port)}`,
    calls,
    answer: (next) => {
      mood = next
      // Nothing has left for a server that cannot be reached.
      if (mood === 'cut_before') server.close().closeAllConnections()
      else if (!server.listening) server.listen(port, '127.0.0.1')
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readCall(request: IncomingMessage): Promise<HttpCall> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers),
    body: await text(request),
  }
}

function write(response: ServerResponse, { body = '', headers, status = 200 }: HttpAnswer): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
  response.end(isText ? body : JSON.stringify(body))
}
