import { webhookPausesMs, type OutcomeScope, type SendOutcome } from '@invite-me/core/channel'
import { retryAfterMs, type HttpReply } from '../shared/http.ts'

/** What an endpoint's answer is judged by. */
export interface Judging {
  /** What the message is known by once it is taken. */
  readonly webhookId: string
  /** Unix ms. */
  readonly now: number
  /** Tries before this one. */
  readonly attempt: number
  /** `recipient` where every person has an endpoint of their own: a broken one says nothing about the others. */
  readonly scope: Extract<OutcomeScope, 'recipient' | 'provider'>
}

/**
 * Sorts what came of a webhook into the outcome classes. Only 2xx is success; a redirect is a failure like any other.
 *
 * @returns failures that may pass carry the pause the specification proposes, or the longer one the endpoint asks for
 */
export function classifyReply(reply: HttpReply, { attempt, now, scope, webhookId }: Judging): SendOutcome {
  const pauseMs = webhookPausesMs[Math.min(attempt, webhookPausesMs.length - 1)] ?? 60_000
  if (!reply.ok) {
    const told = { scope, ...(reply.code !== undefined && { providerCode: reply.code }) }
    return reply.isSent
      ? { ...told, status: 'unknown', detail: 'the connection broke before the endpoint answered' }
      : { ...told, status: 'retryable', retryAfterMs: pauseMs, detail: 'the endpoint cannot be reached' }
  }
  const { headers, status } = reply
  if (status >= 200 && status < 300) return { status: 'accepted', providerMessageId: webhookId }
  const asked = retryAfterMs(headers, now)
  const told = { providerCode: String(status) }
  if (status === 429 || (asked !== undefined && isOverload(status)))
    return {
      ...told,
      status: 'rate_limited',
      scope,
      retryAfterMs: asked ?? pauseMs,
      detail: 'the endpoint asks to wait',
    }
  const refusal = refusalOf(status)
  if (refusal !== undefined) return { ...refusal, ...told }
  // One person's endpoint that turns us away must not stop everybody's; a common one that does needs its owner.
  if (scope === 'provider' && !mayPass(status))
    return { ...told, status: 'permanent_config', scope, detail: 'the endpoint turns webhooks away' }
  const detail = mayPass(status) ? 'the endpoint is unwell' : 'the endpoint turned this webhook away'
  return { ...told, status: 'retryable', scope, retryAfterMs: Math.max(asked ?? 0, pauseMs), detail }
}

function isOverload(status: number): boolean {
  return status === 502 || status === 503 || status === 504
}

function mayPass(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 423 || status === 425
}

function refusalOf(
  status: number,
): Extract<SendOutcome, { status: 'permanent_recipient' | 'permanent_content' }> | undefined {
  switch (status) {
    case 410:
      return {
        status: 'permanent_recipient',
        scope: 'recipient',
        detail: 'the endpoint wants no more webhooks',
      }
    case 400:
    case 413:
    case 415:
    case 422:
      return { status: 'permanent_content', scope: 'message', detail: 'the endpoint refuses this message' }
    default:
      return undefined
  }
}
