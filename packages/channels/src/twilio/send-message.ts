import type { SendContext, SendOutcome } from '@invite-me/core/channel'
import type { PhoneResult } from '../shared/phone.ts'
import { outcomeOfSilence } from '../shared/http.ts'
import type { TwilioApi } from './api.ts'
import { readMessage, type MessageResource } from './message-resource.ts'
import type { TwilioOptions } from './options.ts'
import { classifyCode, classifyReply } from './outcome.ts'

/** Twilio keeps a message in its queue between one second and ten hours (OpenAPI, `ValidityPeriod`, 2026-04-14). */
const validity = { least: 1, most: 36_000 }
/** Longest text Twilio takes, in characters (OpenAPI, `Body`, 2026-04-14). */
export const longestBody = 1_600

/** A message that can be sent, or why it cannot. */
export type Readiness =
  | { readonly ok: true; readonly to: string; readonly body: string }
  | { readonly ok: false; readonly outcome: SendOutcome }

/**
 * Checks address and text before anything leaves.
 *
 * @param body `undefined` when the text is too long
 */
export function readyToSend(to: PhoneResult, body: string | undefined): Readiness {
  if (!to.ok)
    return {
      ok: false,
      outcome: {
        status: 'permanent_recipient',
        scope: 'recipient',
        detail: 'This is not a number the channel may send to.',
      },
    }
  if (body === undefined)
    return {
      ok: false,
      outcome: {
        status: 'permanent_content',
        scope: 'message',
        detail: 'The text is longer than Twilio takes.',
      },
    }
  return { ok: true, to: to.address, body }
}

/** What a message is made of, beside whom it goes to. */
export interface MessageParts {
  readonly to: string
  /** `Body`, or `ContentSid` and `ContentVariables`. */
  readonly content: Readonly<Record<string, string>>
  readonly until: Date | null
  /** One sentence for the receipt, once Twilio has taken it. */
  readonly describe: (message: MessageResource) => string | undefined
}

/** The options a message is sent with; `from` as Twilio wants it. */
export type Sending = Pick<TwilioOptions, 'errorClasses' | 'messagingServiceSid' | 'webhookUrl'> & {
  readonly api: TwilioApi
  readonly from?: string | undefined
}

/** Creates one message at Twilio. */
export async function sendMessage(
  { content, describe, to, until }: MessageParts,
  { clock, signal }: Pick<SendContext, 'clock' | 'signal'>,
  { api, errorClasses, from, messagingServiceSid, webhookUrl }: Sending,
): Promise<SendOutcome> {
  const seconds = until === null ? undefined : validitySeconds(until, clock.now())
  // A later try could only be later still.
  if (seconds === 0) return tooLate
  const reply = await api({
    path: '/Messages.json',
    form: {
      To: to,
      ...(from !== undefined && { From: from }),
      ...(messagingServiceSid !== undefined && { MessagingServiceSid: messagingServiceSid }),
      ...content,
      ...(seconds !== undefined && { ValidityPeriod: String(seconds) }),
      ...(webhookUrl !== undefined && { StatusCallback: webhookUrl }),
    },
    signal,
  })
  if (!reply.ok) return outcomeOfSilence(reply)
  const judging = { nowMs: clock.now(), errorClasses }
  const message = reply.status < 300 ? readMessage(reply.body) : undefined
  if (message === undefined) return classifyReply(reply, judging)
  return refusalOf(message, judging) ?? accepted(message, describe(message))
}

/** A message can be created and have failed already. */
function refusalOf(
  { error_code: code, status }: MessageResource,
  judging: Parameters<typeof classifyCode>[1],
) {
  const hasFailed = status === 'failed' || status === 'undelivered'
  return hasFailed && code !== null && code !== undefined ? classifyCode(Number(code), judging) : undefined
}

function accepted({ sid }: MessageResource, detail: string | undefined): SendOutcome {
  return { status: 'accepted', providerMessageId: sid, ...(detail !== undefined && { detail }) }
}

const tooLate: SendOutcome = {
  status: 'permanent_content',
  scope: 'message',
  detail: 'The deadline is less than a second away.',
}

/** Whole seconds the message is good for, within what Twilio takes; 0 when that is none. */
function validitySeconds(until: Date, nowMs: number): number {
  const seconds = Math.floor((until.getTime() - nowMs) / 1_000)
  return seconds < validity.least ? 0 : Math.min(seconds, validity.most)
}
