import type { InboundFact } from '@invite-me/core/channel'
import type { TwilioOptions } from './options.ts'
import { classifyCode, failedForUnknownReason, type RefusedOutcome } from './outcome.ts'
import type { AboutMessage, WebhookFields } from './webhook-fields.ts'

/**
 * Reads a report about a message of ours. A report has no time and no id of its own: message and status together make it.
 * Reports may come in any order (Twilio docs, `messaging/guides/track-outbound-message-status`); the engine goes only forward.
 */
export function statusFacts(
  { fields, nowMs, sid }: AboutMessage,
  errorClasses: TwilioOptions['errorClasses'],
): readonly InboundFact[] {
  const status = fields.get('MessageStatus') ?? ''
  const base = { id: `${sid}:${status}`.slice(0, 100), at: new Date(nowMs) }
  const reference = { by: 'provider-message', providerMessageId: sid } as const
  switch (status) {
    case 'delivered':
    case 'read': {
      const detail = status === 'delivered' ? priceOf(fields) : undefined
      return [{ ...base, kind: status, reference, ...(detail !== undefined && { detail }) }]
    }
    case 'failed':
    case 'undelivered':
      return [{ ...base, kind: 'failed', reference, outcome: failureOf(fields, { nowMs, errorClasses }) }]
    case 'canceled':
      return [{ ...base, kind: 'failed', reference, outcome: cancelled }]
    case 'accepted':
    case 'scheduled':
    case 'queued':
    case 'sending':
    case 'sent':
    // Only some of several parts have arrived; the rest is reported later.
    case 'partially_delivered':
      return [{ ...base, kind: 'ignored', reason: `on its way: ${status}` }]
    default:
      return [{ ...base, kind: 'ignored', reason: 'a status that says nothing about delivery' }]
  }
}

const cancelled: RefusedOutcome = {
  status: 'permanent_content',
  scope: 'message',
  detail: 'It was cancelled at Twilio before it left.',
}

function failureOf(fields: WebhookFields, judging: Parameters<typeof classifyCode>[1]): RefusedOutcome {
  const code = fields.get('ErrorCode') ?? ''
  if (!/^\d{5}$/.test(code)) return failedForUnknownReason
  return classifyCode(Number(code), judging) ?? { ...failedForUnknownReason, providerCode: code }
}

/** The final price, where the report has one; most have not, since Twilio books it later. */
function priceOf(fields: WebhookFields): string | undefined {
  const amount = /^-?(\d{1,6}(?:\.\d{1,8})?)$/.exec(fields.get('Price') ?? '')?.[1]
  const unit = /^[A-Za-z]{3}$/.exec(fields.get('PriceUnit') ?? '')?.[0]
  if (amount === undefined || unit === undefined) return undefined
  return `It cost ${String(Number(amount))} ${unit.toUpperCase()}.`
}
