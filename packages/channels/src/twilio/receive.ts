import type { Channel, HandledFact, InboundFact, ReceiveContext } from '@invite-me/core/channel'
import { createHash } from 'node:crypto'
import { readObject } from '../shared/http.ts'
import { readRawBody, refused } from '../shared/webhook.ts'
import type { TwilioOptions } from './options.ts'
import { replyFacts, type Medium } from './reply-facts.ts'
import { bodyDigest, isSigned } from './signature.ts'
import { statusFacts } from './status-facts.ts'
import type { WebhookFields } from './webhook-fields.ts'

/** What a channel can do with webhooks: nothing without an address for them. */
export function webhookPowers(
  {
    webhookUrl,
    ...options
  }: Pick<TwilioOptions, 'authToken' | 'errorClasses' | 'otherAuthToken' | 'webhookUrl'>,
  medium: Medium,
): Pick<Channel, 'acknowledge' | 'receive'> {
  if (webhookUrl === undefined) return {}
  return {
    receive: (request, context) => receiveWebhook(request, context, { ...options, webhookUrl, medium }),
    acknowledge: async (handled) => twiml(handled),
  }
}

/** What reading webhooks needs. */
type Receiving = Pick<TwilioOptions, 'authToken' | 'errorClasses' | 'otherAuthToken'> & {
  readonly webhookUrl: string
  readonly medium: Medium
}

/**
 * Turns one webhook into facts: what became of a message, or what a person wrote.
 *
 * The address Twilio signed is the option's, never one the request names: only its query is taken from the request, since
 * Twilio may add to it.
 *
 * @throws InviteMeError `WEBHOOK_REFUSED` when its signature is not Twilio's, `BODY_TOO_LARGE`
 */
async function receiveWebhook(
  request: Request,
  { clock }: Pick<ReceiveContext, 'clock'>,
  { authToken, errorClasses, medium, otherAuthToken, webhookUrl }: Receiving,
): Promise<readonly InboundFact[]> {
  const body = await readRawBody(request)
  const signature = request.headers.get('x-twilio-signature') ?? ''
  const tokens = [authToken, otherAuthToken].filter((token) => token !== undefined)
  const url = calledUrls(webhookUrl, request.url).find((one) =>
    isSigned({ url: one, body, signature }, tokens),
  )
  if (request.method !== 'POST' || url === undefined) throw refused()
  const fields = readFields(body, bodyDigest(url) !== undefined)
  const sid = fields.get('MessageSid') ?? fields.get('SmsSid') ?? ''
  if (!/^[A-Z]{2}[0-9a-fA-F]{32}$/.test(sid))
    return [
      { ...unnamed(body), at: new Date(clock.now()), kind: 'ignored', reason: 'it is not about a message' },
    ]
  const about = { fields, sid, nowMs: clock.now() }
  return fields.has('MessageStatus') ? statusFacts(about, errorClasses) : replyFacts(about, medium)
}

/** An event without an id of its own is known again by its bytes. */
function unnamed(body: Uint8Array): { readonly id: string } {
  return { id: createHash('sha256').update(body).digest('hex') }
}

/** The address of the option, and the same with the query of the request when that is another. */
function calledUrls(webhookUrl: string, requestUrl: string): readonly string[] {
  const bare = webhookUrl.replace(/#.*$/s, '')
  const { search } = new URL(requestUrl)
  return [...new Set([bare, `${bare.replace(/\?.*$/s, '')}${search}`])]
}

function readFields(body: Uint8Array, isJson: boolean): WebhookFields {
  const text = Buffer.from(body).toString()
  if (!isJson) return new Map(new URLSearchParams(text))
  return new Map(
    Object.entries(readObject(text)).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
}

/**
 * What Twilio does next: nothing, or, when an answer came too late, one message that says so (TwiML `<Message>`). Whatever else
 * is to be said the engine sends itself.
 */
function twiml(handled: readonly HandledFact[]): Response {
  const words = handled.flatMap(({ result }) => (result.answer === 'late' ? (result.feedback ?? []) : []))
  const messages = words.map((text) => `<Message>${escapeXml(text)}</Message>`)
  const body = messages.length === 0 ? '<Response/>' : `<Response>${messages.join('')}</Response>`
  return new Response(`<?xml version="1.0" encoding="UTF-8"?>${body}`, {
    headers: { 'content-type': 'text/xml; charset=utf-8' },
  })
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Text inside an element; what XML 1.0 has no place for goes (§2.2). */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
    .replace(/[&<>]/g, (character) => entities[character] ?? '')
}
