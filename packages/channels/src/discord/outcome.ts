import type { SendOutcome } from '@invite-me/core/channel'
import { readObject, retryAfterMs, type HttpReply } from '../shared/http.ts'

/** Pause when Discord asks for one without naming it. */
const defaultPauseMs = 5_000

const meanings = {
  recipient: {
    status: 'permanent_recipient',
    scope: 'recipient',
    detail: 'Discord cannot reach this person or channel.',
  },
  config: {
    status: 'permanent_config',
    scope: 'sender',
    detail: 'Discord refuses the bot, its token or its permissions.',
  },
  content: { status: 'permanent_content', scope: 'message', detail: 'Discord refuses this message.' },
  unwell: { status: 'retryable', scope: 'provider', detail: 'Discord is out of order.' },
} as const satisfies Readonly<Record<string, DiscordFailure>>

/** Codes in the body (docs.discord.com/developers/topics/opcodes-and-status-codes#json, seen 2026-11-22). */
const meaningOfCode: ReadonlyMap<number, keyof typeof meanings> = new Map([
  [0, 'config'],
  // Unknown account, application, channel, guild, message, user
  [10_001, 'config'],
  [10_002, 'config'],
  [10_003, 'recipient'],
  [10_004, 'recipient'],
  [10_008, 'content'],
  [10_013, 'recipient'],
  // Bots cannot use this endpoint; not authorised for this application
  [20_001, 'config'],
  [20_012, 'config'],
  // Unauthorized (the bot must be verified), request too large, feature off, banned from the guild
  [40_001, 'config'],
  [40_002, 'config'],
  [40_005, 'content'],
  [40_006, 'unwell'],
  [40_007, 'recipient'],
  // Missing access, wrong account type, cannot be done in a DM; below, a server's demands and missing permissions. Access and
  // permissions are given by each channel, so their lack says nothing of the others.
  [50_001, 'recipient'],
  [50_002, 'config'],
  [50_003, 'recipient'],
  [50_005, 'content'],
  [50_006, 'content'],
  [50_007, 'recipient'],
  [50_008, 'recipient'],
  [50_009, 'recipient'],
  [50_013, 'recipient'],
  [50_014, 'config'],
  [50_020, 'content'],
  [50_024, 'recipient'],
  [50_033, 'recipient'],
  [50_035, 'content'],
  [50_083, 'recipient'],
  [50_109, 'content'],
  // No server is shared with this person any more
  [50_278, 'recipient'],
  [110_000, 'unwell'],
  [130_000, 'unwell'],
  // Blocked by automatic moderation, by harmful links
  [200_000, 'content'],
  [200_001, 'content'],
  [240_000, 'content'],
])

/** Limits that are told by a code and not by status 429: announcements, slow mode, writing, opening conversations too fast. */
const limitCodes: ReadonlyMap<number, 'recipient' | 'sender'> = new Map([
  [20_016, 'recipient'],
  [20_022, 'recipient'],
  [20_028, 'recipient'],
  [20_029, 'sender'],
  [31_001, 'sender'],
  [31_002, 'sender'],
  [40_003, 'sender'],
])

/** Why a request came to nothing, as an outcome. */
export type DiscordFailure = Exclude<SendOutcome, { readonly status: 'accepted' }>

/** What a request to Discord came to. */
export type DiscordReading =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly failure: DiscordFailure }

/**
 * Sorts an answer of the API.
 *
 * 10,000 answers of 401, 403 or 429 within ten minutes ban the sender's IP address (docs.discord.com, "Invalid request limit"),
 * so the first two are the sender's trouble, which stops the channel, unless the code says that it is one person's or one channel's.
 *
 * @param nowMs Unix ms, for a Retry-After that is a date
 */
export function readDiscordReply(
  { status, headers, body: text }: Extract<HttpReply, { ok: true }>,
  nowMs: number,
): DiscordReading {
  const body = readObject(text)
  const code = typeof body['code'] === 'number' && Number.isInteger(body['code']) ? body['code'] : undefined
  if (status >= 200 && status < 300) return { ok: true, body }
  const providerCode = code === undefined || code === 0 ? String(status) : `${String(status)} ${String(code)}`
  const limited = code === undefined ? undefined : limitCodes.get(code)
  if (status === 429 || limited !== undefined)
    return failed({
      status: 'rate_limited',
      scope: limited ?? scopeOfLimit(body, headers),
      retryAfterMs: pauseMs(body, headers, nowMs),
      providerCode,
      detail: 'Discord asks for a pause.',
    })
  if (status >= 500) return failed({ ...meanings.unwell, providerCode })
  const meaning = code === undefined ? undefined : meaningOfCode.get(code)
  if (meaning !== undefined) return failed({ ...meanings[meaning], providerCode })
  if (status === 401 || status === 403) return failed({ ...meanings.config, providerCode })
  if (code !== undefined || status === 400 || status === 413)
    return failed({ ...meanings.content, providerCode })
  return failed({
    status: 'permanent_config',
    scope: 'provider',
    providerCode,
    detail: 'This does not answer like Discord; look at the option apiUrl.',
  })
}

/** A limit of one conversation stops that one; the bot's own limit, or a ban, which comes without a body, stops all. */
function scopeOfLimit(body: Readonly<Record<string, unknown>>, headers: Headers): 'recipient' | 'sender' {
  const isOwn = body['global'] === true || headers.get('x-ratelimit-scope') === 'global'
  return isOwn || typeof body['retry_after'] !== 'number' ? 'sender' : 'recipient'
}

/** `retry_after` is a number of seconds with a fraction, more exact than the header. */
function pauseMs(body: Readonly<Record<string, unknown>>, headers: Headers, nowMs: number): number {
  const exact = body['retry_after']
  const ms = typeof exact === 'number' && exact >= 0 ? Math.ceil(exact * 1_000) : retryAfterMs(headers, nowMs)
  return Math.min(Math.max(ms ?? defaultPauseMs, 1), 86_400_000)
}

function failed(failure: DiscordFailure): DiscordReading {
  return { ok: false, failure }
}
