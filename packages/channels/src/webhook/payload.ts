import type { MessageEdit, OutboundMessage } from '@invite-me/core/channel'
import { oneLine } from '../shared/one-line.ts'

/** What a webhook says; `type` names the event, `data` tells it. */
export interface WebhookPayload {
  readonly type: string
  /** ISO 8601, UTC. */
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What a payload is put together from, beside the message. */
export interface PayloadOptions {
  /** Unix ms. */
  readonly now: number
  readonly maxBytes: number
  /** Whether the address says whom it is for; where it is the endpoint itself it says nothing new. */
  readonly namesAddress: boolean
}

/**
 * Puts a message into the body of a webhook.
 *
 * @returns JSON in UTF-8, without the details when it is too long with them; `undefined` when it still is
 */
export function messageBody(
  message: OutboundMessage,
  options: PayloadOptions,
): Uint8Array<ArrayBuffer> | undefined {
  const type = typeOf(message)
  const data = messageData(message, options)
  const { details: _details, ...short } = data
  return [data, short]
    .map((candidate) => encode({ type, data: candidate }, options))
    .find((body) => body.length <= options.maxBytes)
}

/** Puts what became of a message that was sent earlier into a body; `data.id` is the `webhook-id` it had. */
export function editBody(
  { message, notice, providerMessageId, reason }: MessageEdit,
  options: PayloadOptions,
): Uint8Array<ArrayBuffer> {
  const { kind, ...how } = reason
  const data = {
    id: providerMessageId,
    ...(options.namesAddress && { to: { address: message.to.address } }),
    notice: oneLine(notice),
    ...how,
    ...(message.calendar !== undefined && { calendar: message.calendar }),
  }
  return encode({ type: kind === 'updated' ? 'message.updated' : `invitation.${kind}`, data }, options)
}

function typeOf({ answer, purpose }: OutboundMessage): string {
  if (answer === undefined) return 'message.sent'
  return purpose === 'reminder' ? 'invitation.reminded' : 'invitation.asked'
}

/** Names and subjects are one line: receivers put them into headers, logs and lists. */
function messageData(message: OutboundMessage, { namesAddress }: PayloadOptions): WebhookPayload['data'] {
  const { answer, calendar, content, originator, to } = message
  return {
    to: {
      ...(namesAddress && { address: to.address }),
      ...(to.name !== undefined && { name: oneLine(to.name) }),
    },
    from:
      originator === null
        ? null
        : {
            name: oneLine(originator.name),
            ...(originator.details !== undefined && { details: originator.details }),
          },
    ...(content.subject !== undefined && { subject: oneLine(content.subject) }),
    text: content.text,
    ...(content.details !== undefined && { details: content.details }),
    locale: message.locale,
    category: message.category,
    ...(answer !== undefined && { answer: { ...answer.spec, actions: answer.actions } }),
    links: message.links,
    ...(message.replyToken !== undefined && { replyToken: message.replyToken }),
    until: message.until?.toISOString() ?? null,
    ...(calendar !== undefined && { calendar }),
  }
}

function encode(
  { data, type }: Omit<WebhookPayload, 'timestamp'>,
  { now }: PayloadOptions,
): Uint8Array<ArrayBuffer> {
  const payload: WebhookPayload = { type, timestamp: new Date(now).toISOString(), data }
  return new TextEncoder().encode(JSON.stringify(payload))
}
