import type { SendOutcome } from '@invite-me/core/channel'

/** What a server answered to a message. */
export interface NtfyReply {
  readonly status: number
  /** The body's beginning. */
  readonly body: string
  /** Header Retry-After. */
  readonly retryAfter: string | null
}

/** The server's own error codes that tell more than the status (ntfy server, errors.go). */
const codes = { topicInvalid: 40009, topicDisallowed: 40010, dailyMessages: 42908 } as const

/** A visitor who used up the burst may send one message more every 5 seconds (ntfy docs, publish, limitations). */
const refillMs = 5_000
/** Longest pause believed. */
const longestPauseMs = 86_400_000
const dayMs = 86_400_000

/**
 * Sorts an answer of an ntfy server into the outcome classes.
 *
 * @param nowMs Unix ms; the daily quota begins anew at midnight UTC (ntfy server, DefaultVisitorStatsResetTime)
 */
export function classifyReply({ status, body, retryAfter }: NtfyReply, nowMs: number): SendOutcome {
  const reply = readObject(body)
  if (status >= 200 && status < 300) {
    const { id } = reply
    return typeof id === 'string'
      ? { status: 'accepted', providerMessageId: id }
      : { status: 'permanent_config', scope: 'provider', detail: 'the server does not answer like ntfy' }
  }
  const code = typeof reply['code'] === 'number' ? reply['code'] : undefined
  const told = { providerCode: String(code ?? status) }
  if (code === codes.topicInvalid || code === codes.topicDisallowed)
    return {
      ...told,
      status: 'permanent_recipient',
      scope: 'recipient',
      detail: 'the server refuses this topic',
    }
  if (status === 429)
    return {
      ...told,
      status: 'rate_limited',
      scope: 'sender',
      retryAfterMs: code === codes.dailyMessages ? dayMs - (nowMs % dayMs) : readPause(retryAfter, nowMs),
      detail: code === codes.dailyMessages ? 'the day’s messages are used up' : 'too many at once',
    }
  if (status >= 500 || status === 408)
    return { ...told, status: 'retryable', scope: 'provider', detail: 'the server is unwell' }
  if (status === 400 || status === 413)
    return {
      ...told,
      status: 'permanent_content',
      scope: 'message',
      detail: 'the server refuses this message',
    }
  return {
    ...told,
    status: 'permanent_config',
    scope: 'sender',
    detail:
      status === 401 || status === 403 ? 'the server refuses the access token' : 'this is not an ntfy server',
  }
}

/** Failures of the network that come before a byte of the request has left. */
const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+|\w+_CERT\w*)$/

/** Sorts what `fetch` throws: whatever broke after the request left may have been sent. */
export function classifyTrouble(error: unknown): SendOutcome {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  if (code !== undefined && beforeSending.test(code))
    return {
      status: 'retryable',
      scope: 'provider',
      providerCode: code,
      detail: 'the server cannot be reached',
    }
  return {
    status: 'unknown',
    scope: 'provider',
    ...(code !== undefined && { providerCode: code }),
    detail: 'the connection broke before the server answered',
  }
}

/** Retry-After is a number of seconds or a date (RFC 9110 §10.2.3). */
function readPause(retryAfter: string | null, nowMs: number): number {
  if (retryAfter === null) return refillMs
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - nowMs
  return Number.isNaN(ms) ? refillMs : Math.min(Math.max(ms, 0), longestPauseMs)
}

function readObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
