import type { ScriptedProvider } from '@invite-me/core/testing'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** One call of the Bot API that was read to its end. */
export interface BotCall {
  readonly method: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** How a call is refused; the texts are those of the real server (tdlib/telegram-bot-api, Client.cpp). */
export interface Refusal {
  readonly code: number
  readonly description: string
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number }
}

/** An update as it is fetched; of it only these members matter here. */
export interface BotUpdate {
  readonly update_id: number
  readonly poll_answer?: { readonly poll_id: string; readonly [member: string]: unknown }
}

/** A small Bot API server on loopback that does as it is told; what it knows of fetching updates and of stopping polls is the real server's way. */
export interface FakeBotApi extends ScriptedProvider {
  readonly url: string
  /** Every call in its order, refused ones too. */
  readonly calls: readonly BotCall[]
  /** Calls of one method. */
  callsOf(method: string): readonly BotCall['payload'][]
  /** Refuses the next call of a method. */
  refuseNext(method: string, refusal: Refusal): void
  /** Answers every call of a method with this result from now on. */
  answerWith(method: string, result: unknown): void
  /** Keeps updates for whoever polls; they are dropped once a poll confirms them. In a poll that was stopped nobody can vote. */
  push(...updates: readonly BotUpdate[]): void
  /** Updates nobody has confirmed. */
  readonly waiting: readonly BotUpdate[]
  close(): Promise<void>
}

type Mood = Parameters<ScriptedProvider['answer']>[0]

const moods: Readonly<Partial<Record<Mood, Refusal>>> = {
  too_many: { code: 429, description: 'Too Many Requests: retry after 3', parameters: { retry_after: 3 } },
  unwell: { code: 500, description: 'Internal Server Error: restart' },
  no_such_address: { code: 400, description: 'Bad Request: chat not found' },
  said_stop: { code: 403, description: 'Forbidden: bot was blocked by the user' },
  not_allowed: { code: 401, description: 'Unauthorized: invalid token specified' },
  bad_text: { code: 400, description: 'Bad Request: message text is empty' },
}

/** Longest time a poll is held open here. */
const longestHoldMs = 1_000

/** Starts the server on a free port. */
export async function startFakeBotApi(): Promise<FakeBotApi> {
  const calls: BotCall[] = []
  const taken: BotCall[] = []
  const refusals: { readonly method: string; readonly refusal: Refusal }[] = []
  const results = new Map<string, unknown>()
  let pending: BotUpdate[] = []
  let endHold: (() => void) | undefined
  let mood: Mood = 'well'
  let messageId = 0
  const polls = new Map<string, { readonly id: string; isClosed: boolean }>()

  const stopPoll = ({ chat_id: chat, message_id: message }: BotCall['payload']): Refusal | undefined => {
    const poll = polls.get(`${String(chat)}:${String(message)}`)
    if (poll === undefined)
      return { code: 400, description: 'Bad Request: message with poll to stop not found' }
    if (poll.isClosed) return { code: 400, description: 'Bad Request: poll has already been closed' }
    poll.isClosed = true
    return undefined
  }
  const canBeVotedIn = ({ poll_answer: vote }: BotUpdate): boolean =>
    vote === undefined || ![...polls.values()].some(({ id, isClosed }) => isClosed && id === vote.poll_id)

  const poll = async ({ offset = 0, limit = 100, timeout = 0 }: Record<string, unknown>) => {
    pending = pending.filter(({ update_id: id }) => id >= Number(offset))
    // A second poller ends the first.
    endHold?.()
    if (pending.length === 0 && Number(timeout) > 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(Number(timeout) * 1_000, longestHoldMs))
        endHold = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    return pending.slice(0, Number(limit))
  }

  const resultOf = ({ method, payload }: BotCall): unknown => {
    if (results.has(method)) return results.get(method)
    switch (method) {
      case 'getMe':
        return { id: 123_456_789, is_bot: true, first_name: 'Dinner', username: 'DinnerTestBot' }
      case 'getWebhookInfo':
        return { url: '', has_custom_certificate: false, pending_update_count: 0 }
      case 'sendMessage':
      case 'sendPoll': {
        messageId += 1
        const sent = { message_id: messageId, date: 1_795_320_000, chat: { id: payload['chat_id'] } }
        if (method === 'sendMessage') return sent
        const id = `549000000000000${String(messageId)}`
        polls.set(`${String(payload['chat_id'])}:${String(messageId)}`, { id, isClosed: false })
        return { ...sent, poll: { id } }
      }
      default:
        return true
    }
  }

  const meet = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.url?.split('/').at(-1) ?? ''
    const payload = (await json(request)) as BotCall['payload']
    const call = { method, payload }
    calls.push(call)
    if (mood === 'cut_after') request.socket.destroy()
    if (mood === 'cut_after' || mood === 'silent') return
    const place = refusals.findIndex((one) => one.method === method)
    const told = moods[mood] ?? (place === -1 ? undefined : refusals.splice(place, 1)[0]?.refusal)
    const refusal = told ?? (method === 'stopPoll' ? stopPoll(payload) : undefined)
    if (refusal !== undefined) {
      const { code, description, parameters } = refusal
      return answer(response, code, { ok: false, error_code: code, description, parameters })
    }
    taken.push(call)
    const result = method === 'getUpdates' ? await poll({ ...payload }) : resultOf(call)
    answer(response, 200, { ok: true, result })
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
    callsOf: (method) => calls.filter((call) => call.method === method).map(({ payload }) => payload),
    refuseNext: (method, refusal) => void refusals.push({ method, refusal }),
    answerWith: (method, result) => void results.set(method, result),
    push: (...updates) => {
      pending.push(...updates.filter(canBeVotedIn))
      endHold?.()
    },
    get waiting() {
      return pending
    },
    answer: (next) => {
      mood = next
      // Nothing has left for a server that cannot be reached.
      if (mood === 'cut_before') server.close().closeAllConnections()
      else if (!server.listening) server.listen(port, '127.0.0.1')
    },
    edited: () =>
      taken
        .filter(({ method }) => method === 'editMessageText' || method === 'stopPoll')
        .map(readable)
        .toReversed(),
    received: () => taken.filter(({ method }) => method.startsWith('send')).map(readable),
    close: async () => {
      endHold?.()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The members of a payload that are shown. */
interface Shown {
  readonly text?: string
  readonly question?: string
  readonly options?: readonly { readonly text: string }[]
  readonly reply_markup?: {
    readonly inline_keyboard?: readonly (readonly {
      readonly text: string
      readonly callback_data: string
    }[])[]
  }
}

/** What the person sees, and what could carry more than they should see. */
function readable({ payload }: BotCall): string {
  const { options = [], question, reply_markup: markup = {}, text } = payload as Shown
  const buttons = (markup.inline_keyboard ?? [])
    .flat()
    .map((button) => `[${button.text}] ${button.callback_data}`)
  return [text ?? question, ...options.map((option) => option.text), ...buttons].join('\n')
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
