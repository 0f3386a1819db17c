import {
  defineChannel,
  signatureHeaders,
  type ChannelFactory,
  type ChannelSupports,
  type MessageEdit,
  type OutboundMessage,
  type SendContext,
  type SendOutcome,
} from '@invite-me/core/channel'
import { checkUrl, guardedFetch } from '@invite-me/core/guarded-fetch'
import { answersInWords } from './shared/answers-in-words.ts'
import { answerResults } from './shared/answer-results.ts'
import { request } from './shared/http.ts'
import { urlRules, webhookOptionsSchema, type WebhookOptions } from './webhook/options.ts'
import { classifyReply } from './webhook/outcome.ts'
import { editBody, messageBody, type PayloadOptions } from './webhook/payload.ts'
import { receiveAnswer } from './webhook/receive.ts'

/** Longest text in characters: as JSON in UTF-8 it leaves room for the rest within 20 kB. */
const maxTextLength = 5_000

const supports: ChannelSupports = {
  // A program can be asked anything, and answers in its own words.
  answers: [...answersInWords, 'form'],
  links: true,
  tokens: ['respond', 'unsubscribe', 'reply'],
  reports: [],
  idempotent: true,
  maxTextLength,
  edits: ['question', 'calendar'],
}
/** Without a key to check them with, no answer can be believed. */
const mute: ChannelSupports = { ...supports, answers: [], tokens: ['respond', 'unsubscribe'] }

/**
 * Messages for programs: a signed POST by Standard Webhooks 1.0.0 to each person's own endpoint, or to one for everybody.
 * Answers come back the same way, signed, to `inviteMe.receive('webhook', request)`.
 *
 * @example
 * webhook({ secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] })
 * webhook({ url: 'https://desk.guests.test/hooks/invitations', privateKeys: ['whsk_…'], answerKeys: ['whpk_…'] })
 */
export const webhook: ChannelFactory<typeof webhookOptionsSchema> = defineChannel({
  name: 'webhook',
  options: webhookOptionsSchema,
  supports,
  create: (options) => {
    const { answerKeys, secrets, timeoutMs, url } = options
    const canAnswer = answerKeys.length + secrets.length > 0
    const address = (raw: string) => canonicalAddress(raw, options)
    return {
      supports: canAnswer ? supports : mute,
      limits: { concurrency: 20, timeoutMs },
      address,
      // Where one endpoint serves everybody, any word could be an address.
      recognises: (text) => url === undefined && address(text).ok,
      send: (message, context) => send(message, context, options),
      edit: (edit, context) => tellChange(edit, context, options),
      receive: (incoming, { clock }) =>
        receiveAnswer(incoming, { secrets, publicKeys: answerKeys }, clock.now()),
      acknowledge: (handled) => Promise.resolve(answerResults(handled)),
    }
  },
})

/** One spelling of an endpoint (or of what the common endpoint calls a person). */
function canonicalAddress(
  raw: string,
  options: WebhookOptions,
): { readonly ok: true; readonly address: string } | { readonly ok: false; readonly reason: string } {
  const text = raw.trim()
  if (options.url !== undefined) {
    const isWord = /^[^\p{Cc}\u2028\u2029]{1,500}$/u.test(text)
    return isWord
      ? { ok: true, address: text }
      : { ok: false, reason: 'give one line of at most 500 characters' }
  }
  if (text.length > 2_000) return { ok: false, reason: 'it is too long for an endpoint' }
  const checked = checkUrl(text, urlRules(options))
  if (!checked.ok) return checked
  checked.url.hash = ''
  return { ok: true, address: checked.url.href }
}

async function send(
  message: OutboundMessage,
  context: SendContext,
  options: WebhookOptions,
): Promise<SendOutcome> {
  if (message.content.text.length > maxTextLength)
    return tooLong(`the text has more than ${String(maxTextLength)} characters`)
  const body = messageBody(message, payloadOptions(context, options))
  if (body === undefined) return tooLong(`the message has more than ${String(options.maxBytes)} bytes`)
  return post(message.to.address, body, context, options)
}

/** Tells the endpoint what became of a message it was sent: the same id in `data`, an id of its own outside. */
function tellChange(edit: MessageEdit, context: SendContext, options: WebhookOptions): Promise<SendOutcome> {
  const body = editBody(edit, payloadOptions(context, options))
  return post(edit.message.to.address, body, context, options)
}

async function post(
  to: string,
  body: Uint8Array<ArrayBuffer>,
  { attempt, clock, idempotencyKey, signal }: SendContext,
  options: WebhookOptions,
): Promise<SendOutcome> {
  const endpoint = canonicalAddress(to, options)
  if (!endpoint.ok)
    return {
      status: 'permanent_recipient',
      scope: 'recipient',
      detail: 'this is not an endpoint that may be called',
    }
  // Keys have dots and no underscores, ids must have no dots.
  const webhookId = `msg_${idempotencyKey.replaceAll('.', '_')}`
  const timestamp = Math.floor(clock.now() / 1_000)
  const reply = await request(options.url ?? endpoint.address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'invite-me',
      ...signatureHeaders({ id: webhookId, timestamp, body }, options),
    },
    body,
    signal,
    fetch: guardedFetch({
      ...urlRules(options),
      ...(options.resolve !== undefined && { resolve: options.resolve }),
    }),
  })
  const scope = options.url === undefined ? 'recipient' : 'provider'
  return classifyReply(reply, { webhookId, attempt, now: clock.now(), scope })
}

function payloadOptions({ clock }: SendContext, { maxBytes, url }: WebhookOptions): PayloadOptions {
  return { now: clock.now(), maxBytes, namesAddress: url !== undefined }
}

function tooLong(detail: string): SendOutcome {
  return { status: 'permanent_content', scope: 'message', detail }
}
