const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** How long endpoints are patiently told. */
export interface WebhookPolicy {
  /** Pauses after the first, second, … failure of one posting in ms; after the last it has failed. */
  readonly pausesMs: readonly number[]
  /** How much longer or shorter a pause may be, as a share of it: many failures do not come back as one wave. */
  readonly jitter: number
  /** After so long of nothing but failure an endpoint is disabled. */
  readonly patienceMs: number
}

/**
 * Pauses after the first, second, … failure as Standard Webhooks 1.0.0 proposes (deliverability and reliability, seen
 * 2026-11-22): ten tries in three days.
 */
export const webhookPausesMs: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

/** How endpoints are told unless another policy is given. */
export const webhookPolicy: WebhookPolicy = {
  pausesMs: webhookPausesMs,
  jitter: 0.1,
  patienceMs: 5 * 24 * hour,
}

/** What came of one POST. */
export type PostEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | undefined }
  /** No answer in time, or none at all; `reason` is one line without addresses. */
  | { readonly kind: 'silent'; readonly reason: string }

/** What becomes of a posting after one try. */
export type PostVerdict =
  | { readonly state: 'delivered' }
  /** Again in `inMs`, at least 1. */
  | { readonly state: 'pending'; readonly inMs: number; readonly error: string }
  | { readonly state: 'failed'; readonly error: string }

/**
 * Chooses what becomes of a posting: any 2xx is success, everything else is tried again, but for 410.
 *
 * @param tries made, this one included; at least 1
 * @param fraction random number in [0, 1)
 * @returns a pause is never shorter than the endpoint asked for
 */
export function judgePost(
  end: PostEnd,
  tries: number,
  fraction: number,
  policy: WebhookPolicy = webhookPolicy,
): PostVerdict {
  if (end.kind === 'answered' && end.status >= 200 && end.status < 300) return { state: 'delivered' }
  const error = end.kind === 'silent' ? end.reason : `the endpoint answered ${String(end.status)}`
  const pauseMs = policy.pausesMs[tries - 1]
  if (pauseMs === undefined || wantsNoMore(end)) return { state: 'failed', error }
  const asked = end.kind === 'answered' ? (end.retryAfterMs ?? 0) : 0
  const spread = Math.ceil(pauseMs * (1 + policy.jitter * (2 * fraction - 1)))
  return { state: 'pending', inMs: Math.max(1, asked, spread), error }
}

/** True when an endpoint says that it is gone for good (RFC 9110 §15.5.11). */
export function wantsNoMore(end: PostEnd): boolean {
  return end.kind === 'answered' && end.status === 410
}

/**
 * Why an endpoint that failed is told no more; `undefined` while it is.
 * @param failingSinceMs Unix ms since which every post failed
 */
export function whyDisabled(
  failingSinceMs: number,
  nowMs: number,
  policy: WebhookPolicy = webhookPolicy,
): string | undefined {
  if (nowMs - failingSinceMs < policy.patienceMs) return undefined
  return `every post failed since ${new Date(failingSinceMs).toISOString()}`
}
