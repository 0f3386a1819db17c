import { retryAfterMs } from '@invite-me/core/channel'
import {
  checkUrl,
  guardedFetch,
  refusedCode,
  type GuardedFetch,
  type GuardOptions,
} from '@invite-me/core/guarded-fetch'
import type { PostResult, WebhookPost, WebhookSender } from '@invite-me/core'

/** Which endpoints are posted to. */
export interface WebhookSenderOptions extends Pick<GuardOptions, 'ports' | 'resolve' | 'ca'> {
  /**
   * Also posts to addresses inside our own network, by plain http and on any port (default false). Only where everybody who may
   * make an endpoint is trusted.
   */
  readonly allowPrivate?: boolean
  /** Longest time an endpoint may take in ms (default 15,000, the engine's own limit). */
  readonly timeoutMs?: number
}

/** Most of an answer that is read; nobody looks at it. */
const mostBytes = 65_536

/**
 * Makes what posts webhooks from a server: https only, to public addresses only, looked up and pinned for every post; no redirect
 * is followed, and an answer counts by its status alone.
 *
 * @example createInviteMe({ store, channels, webhooks: webhookSender() })
 */
export function webhookSender(options: WebhookSenderOptions = {}): WebhookSender {
  const { allowPrivate = false, timeoutMs = 15_000, ...rest } = options
  const guard: GuardOptions = {
    ...rest,
    ...(allowPrivate && { allowHttp: true, ports: 'any', isAllowed: () => true }),
    maxBytes: mostBytes,
  }
  return {
    post: webhookPost(guardedFetch(guard), timeoutMs),
    check: (url) => {
      const checked = checkUrl(url, guard)
      return checked.ok ? undefined : checked.reason
    },
  }
}

function webhookPost(fetch: GuardedFetch, timeoutMs: number): WebhookPost {
  return async ({ url, headers, body }, signal) => {
    const deadline = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.any([signal, deadline]),
      })
      return answered(response)
    } catch (error) {
      const isLate = signal.aborted || deadline.aborted
      return { status: null, reason: isLate ? 'no answer in time' : reasonOf(error) }
    }
  }
}

function answered({ status, headers }: Response): PostResult {
  const asked = retryAfterMs(headers, Date.now())
  return { status, ...(asked !== undefined && { retryAfterMs: asked }) }
}

/** Says what broke, by the network's own code: its messages hold addresses. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === refusedCode) return 'its address must not be called'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name leads nowhere'
  if (code === 'ECONNREFUSED') return 'nobody listens there'
  if (/CERT|TLS|SSL/.test(code)) return `its certificate is not trusted (${code})`
  return /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? `the connection broke (${code})` : 'the connection broke'
}
