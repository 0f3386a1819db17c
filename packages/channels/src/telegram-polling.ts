import type { Clock, Log } from '@invite-me/core/channel'
import { z } from 'zod'
import { outcomeOfSilence } from './shared/http.ts'
import { waitFor } from './shared/wait-for.ts'
import { loadGrammy, openBotApi, type BotLibrary, type BotReply, type CallBot } from './telegram/bot-api.ts'
import { handOver, type RawUpdate } from './telegram/hand-over.ts'
import { classifyRefusal } from './telegram/outcome.ts'
import { usedUpdates } from './telegram/update.ts'

/** How {@link pollTelegram} polls. */
export interface TelegramPollingOptions {
  /** The same token the channel has. */
  readonly token: string
  /**
   * Takes one update as a Web request. Telegram is told "received" only after this resolves, so write the update down
   * before. A `Response` of status 400 and more, or a rejection, means: not taken, give it again.
   */
  readonly receive: (request: Request) => Promise<unknown>
  /** Address of the Bot API; default `https://api.telegram.org`. */
  readonly apiRoot?: string
  /** How long Telegram holds a question for updates open while there are none, in seconds; default 50, 0 to 50. */
  readonly holdSeconds?: number
  /** Longest wait for `receive` in milliseconds; default 30,000. Afterwards the update is given again. */
  readonly receiveTimeoutMs?: number
  /** Longest time `close` takes, in milliseconds; default 5,000. */
  readonly closeTimeoutMs?: number
  /** Is told of trouble, once for each: a wrong token, a second poller, a webhook in the way. Default: nobody. */
  readonly log?: Log
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Does the requests; default the runtime's `fetch`. */
  readonly fetch?: typeof globalThis.fetch
  /** The grammY module to use; default: the installed one. */
  readonly grammy?: BotLibrary
}

/** A poller at work. */
export interface TelegramPoller {
  /** Fetches no more, lets the update under way be taken and tells Telegram what was; ends within `closeTimeoutMs`. May be called twice. */
  close(): Promise<void>
}

/** Longest answer read: 100 updates of the largest messages. */
const maxBytes = 16_777_216
const firstPauseMs = 1_000
const longestPauseMs = 60_000
/** Grace on top of the time Telegram holds a call open. */
const graceMs = 15_000
/** After a week without updates their numbers begin anew at random (Bot API 10.1, `Update.update_id`); then no old one counts. */
const forgetOffsetMs = 6 * 86_400_000

/**
 * Fetches a bot's updates by long polling and hands each to `receive`, one after the other, so that no public address is
 * needed. Updates wait at Telegram for up to 24 hours while nobody polls. An update that is not taken is given again, with
 * growing pauses, before any later one: nothing is lost and nothing overtakes. Only one poller may run for a bot.
 *
 * @throws InviteMeError `PEER_MISSING` when grammY is not installed
 * @example
 * const poller = await pollTelegram({ token, receive: (request) => inviteMe.handleWebhook('telegram', request) })
 */
export async function pollTelegram(options: TelegramPollingOptions): Promise<TelegramPoller> {
  const { apiRoot = 'https://api.telegram.org', clock = systemClock, closeTimeoutMs = 5_000 } = options
  const grammy = options.grammy ?? (await loadGrammy())
  const call = openBotApi({ ...options, grammy, maxBytes, apiRoot: apiRoot.replace(/\/+$/, '') })
  const stopping = new AbortController()
  const ended = poll({ ...options, clock, call, stop: stopping.signal }).catch((error: unknown) => {
    // Only a bug of ours comes here; unheard it would end the whole program.
    options.log?.error('Polling Telegram ended by an unforeseen error; no updates are fetched any more', {
      error: error instanceof Error ? error.name : 'unknown',
    })
  })
  return {
    close: async () => {
      stopping.abort()
      const done = new AbortController()
      await Promise.race([ended, waitFor(closeTimeoutMs, clock, done.signal)])
      done.abort()
    },
  }
}

const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

interface Polling extends TelegramPollingOptions {
  readonly clock: Clock
  readonly call: CallBot
  readonly stop: AbortSignal
}

const updatesSchema: z.ZodType<readonly RawUpdate[]> = z.array(z.looseObject({ update_id: z.int() }))

/** @returns when it was stopped */
async function poll(polling: Polling): Promise<void> {
  const { clock, stop } = polling
  const tell = tellOnce(polling.log)
  let offset: number | undefined
  let failures = 0
  let quietSinceMs = clock.now()
  while (!stop.aborted) {
    const askedAtMs = clock.now()
    if (askedAtMs - quietSinceMs > forgetOffsetMs) offset = undefined
    const read = readUpdates(await fetchUpdates(polling, offset))
    if (stop.aborted) break
    let pauseMs = 0
    if (read.ok) {
      const { taken, trouble } = await handOver(read.updates, polling)
      offset = taken ?? offset
      if (taken !== undefined) quietSinceMs = clock.now()
      failures = trouble === undefined ? 0 : failures + 1
      tell(trouble)
      // A server that does not hold the call open would be asked without a pause.
      if (read.updates.length === 0) pauseMs = firstPauseMs - (clock.now() - askedAtMs)
    } else {
      failures += 1
      tell(read.trouble)
    }
    if (failures > 0) pauseMs = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs)
    await waitFor(Math.max(pauseMs, read.ok ? 0 : read.retryAfterMs), clock, stop)
  }
  // Nobody asks again for now, so Telegram is told here what was taken.
  if (offset !== undefined) await confirm(polling, offset)
}

function fetchUpdates(
  { call, clock, holdSeconds = 50, stop }: Polling,
  offset: number | undefined,
): Promise<BotReply> {
  const deadline = new AbortController()
  const callOff = clock.schedule(holdSeconds * 1_000 + graceMs, () => deadline.abort())
  const signal = AbortSignal.any([deadline.signal, stop])
  const question = {
    ...(offset !== undefined && { offset }),
    timeout: holdSeconds,
    limit: 100,
    allowed_updates: usedUpdates,
  }
  return call((methods) => methods.getUpdates(question, signal)).finally(callOff)
}

async function confirm({ call, clock, closeTimeoutMs = 5_000 }: Polling, offset: number): Promise<void> {
  const deadline = new AbortController()
  const callOff = clock.schedule(closeTimeoutMs, () => deadline.abort())
  const question = { offset, timeout: 0, limit: 1, allowed_updates: usedUpdates }
  // When it fails, the updates come again and are known by their ids.
  await call((methods) => methods.getUpdates(question, deadline.signal)).finally(callOff)
}

type Read =
  | { readonly ok: true; readonly updates: readonly RawUpdate[] }
  | { readonly ok: false; readonly trouble: string; readonly retryAfterMs: number }

function readUpdates(reply: BotReply): Read {
  if (reply.status === 'done') {
    const updates = updatesSchema.safeParse(reply.result)
    return updates.success
      ? { ok: true, updates: updates.data }
      : { ok: false, trouble: 'What answers there is not the Bot API.', retryAfterMs: longestPauseMs }
  }
  const outcome =
    reply.status === 'refused' ? classifyRefusal(reply, 'private') : outcomeOfSilence(reply.reply)
  const { detail = 'Telegram does not answer.' } = outcome
  return {
    ok: false,
    trouble: detail,
    retryAfterMs: 'retryAfterMs' in outcome ? (outcome.retryAfterMs ?? 0) : 0,
  }
}

/** Tells each trouble once, until another comes or all is well again. */
function tellOnce(log: Log | undefined): (trouble: string | undefined) => void {
  let told: string | undefined
  return (trouble) => {
    if (trouble !== undefined && trouble !== told) log?.error(`Telegram polling: ${trouble}`)
    told = trouble
  }
}
