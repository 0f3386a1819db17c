import { InviteMeError } from '@invite-me/core/channel'
import { z } from 'zod'
import { readObject, request, type HttpReply } from '../shared/http.ts'

/** What is used of grammY; its module has this shape. */
export interface BotLibrary {
  readonly Api: new (token: string, options: object) => BotClient
}

/** What is used of grammY's `Api`. Its `raw` takes every name for a method, `then` too, so it must never be awaited. */
interface BotClient {
  readonly raw: BotMethods
}

/** A signal in the words grammY and the runtime have in common; grammY declares one of its own make. */
type BotSignal = Pick<AbortSignal, 'aborted'>

/** The methods used, as grammY offers them. */
export interface BotMethods {
  getMe(signal?: BotSignal): Promise<unknown>
  getWebhookInfo(signal?: BotSignal): Promise<unknown>
  getUpdates(payload: object, signal?: BotSignal): Promise<unknown>
  sendMessage(payload: object, signal?: BotSignal): Promise<unknown>
  sendPoll(payload: object, signal?: BotSignal): Promise<unknown>
  stopPoll(payload: object, signal?: BotSignal): Promise<unknown>
  editMessageText(payload: object, signal?: BotSignal): Promise<unknown>
  answerCallbackQuery(payload: object, signal?: BotSignal): Promise<unknown>
}

/** Telegram said no. */
export interface BotRefusal {
  readonly status: 'refused'
  /** `error_code`, an HTTP status; that of the answer when it was not the Bot API that answered. */
  readonly code: number
  /** In English, for deciding only; empty when it was not the Bot API that answered. */
  readonly description: string
  readonly retryAfterSeconds?: number
  /** The group goes on under this id. */
  readonly migratedTo?: number
}

/** What came of a call. */
export type BotReply =
  | { readonly status: 'done'; readonly result: unknown }
  | BotRefusal
  | { readonly status: 'silent'; readonly reply: Silence }

type Silence = Extract<HttpReply, { ok: false }>

/** Makes one call of the Bot API. Nothing is retried here: the engine owns retries, and a call repeated sends twice. */
export type CallBot = (call: (methods: BotMethods) => Promise<unknown>) => Promise<BotReply>

/** Where and as whom to call. */
export interface BotAccess {
  readonly token: string
  readonly apiRoot: string
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly grammy?: BotLibrary | undefined
  /** Most bytes of an answer that are read (default 256 KiB). */
  readonly maxBytes?: number
}

/**
 * Makes ready to call the Bot API by grammY, which is loaded with the first call.
 *
 * @returns calls never throw for what Telegram or the network does, only `PEER_MISSING` when grammY is not installed
 */
export function openBotApi(access: BotAccess): CallBot {
  let opening: Promise<BotClient> | undefined
  const open = () => {
    // A failure is not kept: what was missing may be there the next time.
    opening ??= openClient(access).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  return async (call) => {
    const { raw } = await open()
    try {
      return { status: 'done', result: await call(raw) }
    } catch (error) {
      return readFailure(error)
    }
  }
}

async function openClient(access: BotAccess): Promise<BotClient> {
  const { Api } = access.grammy ?? (await loadGrammy())
  return new Api(access.token, { apiRoot: access.apiRoot, fetch: fetchFor(access) })
}

/**
 * Loads the installed grammY.
 * @throws InviteMeError `PEER_MISSING`
 */
export async function loadGrammy(): Promise<BotLibrary> {
  try {
    return await import('grammy')
  } catch (cause) {
    throw new InviteMeError('PEER_MISSING', 'The Telegram channel needs grammY: run npm i grammy.', { cause })
  }
}

/** A request that got no answer, on its way through grammY, which wraps whatever its `fetch` throws. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly reply: Silence

  constructor(reply: Silence) {
    super('no answer')
    this.reply = reply
  }
}

/** What grammY hands to its `fetch`: always text for the methods used here, and a signal of its own make. */
interface GrammyRequest {
  readonly body: string
  readonly signal: Pick<AbortSignal, 'aborted' | 'addEventListener'>
}

/** The requests themselves, so that they keep to the rules of every channel: no redirect, a bounded answer. */
function fetchFor({ fetch, maxBytes }: BotAccess) {
  return async (url: string | URL, { body, signal }: GrammyRequest): Promise<Response> => {
    const reply = await request(String(url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: followed(signal),
      ...(fetch !== undefined && { fetch }),
      ...(maxBytes !== undefined && { maxBytes }),
    })
    if (!reply.ok) throw new NoAnswer(reply)
    const isOfTheBotApi = typeof readObject(reply.body)['ok'] === 'boolean'
    return isOfTheBotApi
      ? new Response(reply.body)
      : Response.json({ ok: false, error_code: reply.status, description: '' })
  }
}

/** The runtime's `fetch` takes no signal but its own, and grammY brings another. */
function followed(signal: GrammyRequest['signal']): AbortSignal {
  const controller = new AbortController()
  const abort = () => controller.abort()
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return controller.signal
}

const refusalSchema = z.object({
  error_code: z.int(),
  description: z.string().catch(''),
  parameters: z
    .object({ retry_after: z.number().optional(), migrate_to_chat_id: z.int().optional() })
    .catch({}),
})

/** Reads what grammY throws: `GrammyError` for a refusal, `HttpError` around whatever its `fetch` threw. */
function readFailure(error: unknown): BotReply {
  const refusal = refusalSchema.safeParse(error)
  if (refusal.success) {
    const { error_code: code, description, parameters } = refusal.data
    const { retry_after: retryAfterSeconds, migrate_to_chat_id: migratedTo } = parameters
    return {
      status: 'refused',
      code,
      description,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(migratedTo !== undefined && { migratedTo }),
    }
  }
  if (!(error instanceof Error && 'error' in error)) throw error
  // Whatever else went wrong, the request may have left before.
  const { error: inner } = error
  return {
    status: 'silent',
    reply: inner instanceof NoAnswer ? inner.reply : { ok: false, isSent: true, code: undefined },
  }
}
