import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import type { Provider } from './http-provider.ts'

/** A message as its person sees it. */
export interface ChatMessage {
  readonly id: string
  readonly address: string
  readonly replyToken: string
  /** What was written under it, oldest first; buttons go with the first. */
  readonly notices: readonly string[]
}

/** A chat whose messages can be changed, and which knows a message again by its key. */
export interface ChatProvider extends Provider {
  readonly messages: ReadonlyMap<string, ChatMessage>
  /** Calls whose caller was gone before it had the answer. */
  readonly abandoned: { sends: number; edits: number }
}

const sendSchema = z.object({ key: z.string(), address: z.string(), replyToken: z.string() })
const editSchema = z.object({ id: z.string(), notice: z.string() })

/**
 * Starts it.
 *
 * @param onMessage hears of every message that is new
 * @param pauseMs how long it takes to answer; what it was told is done before
 */
export async function startChatProvider(
  onMessage: (message: ChatMessage) => void,
  pauseMs: () => number,
): Promise<ChatProvider> {
  const messages = new Map<string, ChatMessage>()
  const abandoned = { sends: 0, edits: 0 }

  const send = (body: string): object => {
    const { address, key, replyToken } = sendSchema.parse(JSON.parse(body))
    if (!messages.has(key)) {
      const message = { id: key, address, replyToken, notices: [] }
      messages.set(key, message)
      onMessage(message)
    }
    return { id: key }
  }
  const edit = (body: string): object => {
    const { id, notice } = editSchema.parse(JSON.parse(body))
    const message = messages.get(id)
    if (message !== undefined) messages.set(id, { ...message, notices: [...message.notices, notice] })
    return {}
  }
  const meet = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const what = request.url === '/edits' ? 'edits' : 'sends'
    const answer = (what === 'edits' ? edit : send)(await text(request))
    response.once('close', () => {
      if (!response.writableFinished) abandoned[what] += 1
    })
    setTimeout(() => response.end(JSON.stringify(answer)), pauseMs())
  }
  const server = createServer((request, response) => {
    meet(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    abandoned,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
