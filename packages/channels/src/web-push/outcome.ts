import type { SendOutcome } from '@invite-me/core/channel'
import { retryAfterMs, type HttpReply } from '../shared/http.ts'

/** What a push service's answer is judged by. */
export interface PushJudging {
  /** What the message is known by once it is taken; push services report nothing later. */
  readonly messageId: string
  /** Unix ms. */
  readonly now: number
  /** Whether this service has taken messages with our key, so that a refusal is about this subscription. */
  readonly isKeyProven: boolean
}

const usualPauseMs = 60_000

/**
 * Sorts what came of a push into the outcome classes (RFC 8030 §5 and §8, RFC 8292 §4.2). Every browser has a push service of
 * its own, so trouble with one says nothing about the others: its scope is `recipient`.
 */
export function classifyPush(reply: HttpReply, { isKeyProven, messageId, now }: PushJudging): SendOutcome {
  const scope = 'recipient' as const
  if (!reply.ok) {
    const told = { scope, ...(reply.code !== undefined && { providerCode: reply.code }) }
    return reply.isSent
      ? { ...told, status: 'unknown', detail: 'the connection broke before the push service answered' }
      : { ...told, status: 'retryable', detail: 'the push service cannot be reached' }
  }
  const { headers, status } = reply
  const pauseMs = retryAfterMs(headers, now)
  const told = { providerCode: String(status) }
  if (status >= 200 && status < 300) return { status: 'accepted', providerMessageId: messageId }
  switch (status) {
    case 404:
    case 410:
      return { ...told, status: 'permanent_recipient', scope, detail: 'this browser is no longer subscribed' }
    case 400:
    case 401:
    case 403:
      return isKeyProven
        ? {
            ...told,
            status: 'permanent_content',
            scope: 'message',
            detail: 'this browser subscribed with another key',
          }
        : {
            ...told,
            status: 'permanent_config',
            scope: 'sender',
            detail: 'the push service refuses our VAPID key',
          }
    case 413:
      return {
        ...told,
        status: 'permanent_content',
        scope: 'message',
        detail: 'the push service finds it too long',
      }
    // 406 is how Microsoft's service says it (MicrosoftDocs/windows-dev-docs issue 4166, seen 2026-11-22).
    case 406:
    case 429:
      return {
        ...told,
        status: 'rate_limited',
        scope,
        retryAfterMs: pauseMs ?? usualPauseMs,
        detail: 'too many for this browser',
      }
    default:
      return status >= 500 || status === 408
        ? {
            ...told,
            status: 'retryable',
            scope,
            ...(pauseMs !== undefined && { retryAfterMs: pauseMs }),
            detail: 'the push service is unwell',
          }
        : { ...told, status: 'permanent_config', scope: 'provider', detail: 'this is no push service' }
  }
}

/** Refusals in a row after which they are about our key again, or about our clock. */
const mostRefusals = 3

/** Remembers which push services take our key. */
export interface KeyStanding {
  isProven(service: string): boolean
  /** Books the status of an answer. */
  book(service: string, status: number): void
}

/**
 * A push service refuses in the same words a wrong key of ours and a subscription made with an older one. So a service
 * that took messages before is believed to mean the subscription, unless it refuses several in a row.
 */
export function keyStanding(): KeyStanding {
  const refusals = new Map<string, number>()
  return {
    isProven: (service) => (refusals.get(service) ?? mostRefusals) < mostRefusals,
    book: (service, status) => {
      if (status >= 200 && status < 300) refusals.set(service, 0)
      const count = refusals.get(service)
      if (count !== undefined && [400, 401, 403].includes(status)) refusals.set(service, count + 1)
    },
  }
}
