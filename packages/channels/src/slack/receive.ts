import { readConsentWord, type InboundFact, type ReceiveContext } from '@invite-me/core/channel'
import { z } from 'zod'
import { readObject } from '../shared/http.ts'
import { readRawBody, refused } from '../shared/webhook.ts'
import { readInteraction } from './interaction.ts'
import { writeReplyTo } from './reply-to.ts'
import { isFromSlack } from './signature.ts'

const envelopeSchema = z.object({
  type: z.literal('event_callback'),
  event_id: z.string().min(1).max(100),
  event_time: z.number().min(0).max(4_000_000_000).optional(),
  event: z.object({
    type: z.string(),
    subtype: z.string().optional(),
    channel: z.string().default(''),
    channel_type: z.string().optional(),
    user: z.string().optional(),
    bot_id: z.string().optional(),
    text: z.string().default(''),
    ts: z.string().default(''),
    thread_ts: z.string().optional(),
    /** Who wrote the message a thread hangs on. */
    parent_user_id: z.string().optional(),
  }),
  /** The installation this is for; one at most. */
  authorizations: z
    .array(z.object({ user_id: z.string(), is_bot: z.boolean() }))
    .optional()
    .catch(undefined),
  is_ext_shared_channel: z.boolean().optional().catch(undefined),
})
type Envelope = z.output<typeof envelopeSchema>

/** Messages of people that are more than plain words, yet hold words. */
const subtypesWithWords = ['file_share', 'thread_broadcast']

/**
 * Turns a request of Slack into facts: a pressed button, a reply in the thread of a question, a direct message.
 * Slack sends an event again when it was not acknowledged; it then has the same `event_id`, so its facts have the same ids.
 *
 * @throws InviteMeError `WEBHOOK_REFUSED` when Slack did not sign it within the last five minutes
 */
export async function receiveSlack(
  request: Request,
  { clock }: Pick<ReceiveContext, 'clock'>,
  signingSecrets: readonly string[],
): Promise<readonly InboundFact[]> {
  const nowMs = clock.now()
  const body = await readRawBody(request)
  if (!isFromSlack({ headers: request.headers, body, signingSecrets, nowMs })) throw refused()
  const text = new TextDecoder().decode(body)
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true
  const payload = isForm ? readObject(new URLSearchParams(text).get('payload') ?? '') : readObject(text)
  const at = new Date(nowMs)
  if (payload['type'] === 'block_actions') return readInteraction(payload, at)
  if (payload['type'] === 'url_verification' && typeof payload['challenge'] === 'string')
    return [
      {
        id: `challenge:${payload['challenge'].slice(0, 100)}`,
        at,
        kind: 'ignored',
        reason: 'Slack asks whether this address is ours',
        replyTo: writeReplyTo({ kind: 'challenge', challenge: payload['challenge'].slice(0, 1_000) }),
      },
    ]
  const envelope = envelopeSchema.safeParse(payload)
  return envelope.success
    ? [readEvent(envelope.data, at)]
    : [{ id: `unknown:${String(nowMs)}`, at, kind: 'ignored', reason: 'not an event this channel knows' }]
}

function readEvent(envelope: Envelope, now: Date): InboundFact {
  const { event, event_id, event_time } = envelope
  const { bot_id, channel, channel_type, subtype, text, thread_ts, ts, type, user } = event
  const base = { id: `event:${event_id}`, at: event_time === undefined ? now : new Date(event_time * 1_000) }
  const ignored = (reason: string): InboundFact => ({ ...base, kind: 'ignored', reason })
  if (type !== 'message') return ignored('not a message')
  if (bot_id !== undefined || user === undefined) return ignored('not written by a person')
  if (subtype !== undefined && !subtypesWithWords.includes(subtype)) return ignored('a message without words')
  const isDirect = channel_type === 'im'
  const isReply = thread_ts !== undefined && thread_ts !== ts
  if (!isDirect && !isReply) return ignored('talk in a channel')
  if (!isDirect && isUnderAnother(envelope)) return ignored('talk under somebody else’s message')
  const words = wordsIn(text).trim()
  if (words === '') return ignored('a message without words')
  const wish = isDirect ? readConsentWord(words) : undefined
  if (wish === 'stop') return { ...base, kind: 'opted_out', address: user }
  if (wish === 'start') return { ...base, kind: 'opted_in', address: user }
  return {
    ...base,
    kind: 'answer',
    reference: isReply
      ? { by: 'provider-message', providerMessageId: `${channel}:${thread_ts}` }
      : { by: 'address', address: user },
    input: { kind: 'text', text: words },
    // A question asked in a channel was asked of all who read it.
    from: isDirect ? user : channel,
    replyTo: writeReplyTo({ kind: 'thread', channel, ts: thread_ts ?? ts }),
  }
}

/**
 * True when the thread certainly hangs on no message of ours: people's talk in a channel is none of our business. In a channel
 * shared with another company Slack may name the bot of either, so there it is left to the reference.
 */
function isUnderAnother({ authorizations, event, is_ext_shared_channel }: Envelope): boolean {
  const bot = authorizations?.find(({ is_bot }) => is_bot)
  if (bot === undefined || event.parent_user_id === undefined || is_ext_shared_channel === true) return false
  return event.parent_user_id !== bot.user_id
}

/**
 * What a person wrote: Slack puts addresses into angle brackets, with the words that stood there when they were others, and
 * escapes three characters (docs.slack.dev/messaging/formatting-message-text). Mentions (`<@U…>`) stay as they are.
 */
function wordsIn(text: string): string {
  return text
    .replaceAll(
      /<(?![@#!])(?:mailto:|tel:)?([^<>|]+)(?:\|([^<>]+))?>/g,
      (_whole, address: string, words?: string) => words ?? address,
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
