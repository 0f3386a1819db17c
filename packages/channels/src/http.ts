import {
  defineChannel,
  type ChannelFactory,
  type ChannelSupports,
  type OutboundMessage,
  type ProbeResult,
  type SendContext,
  type SendOutcome,
} from '@invite-me/core/channel'
import { answersInWords } from './shared/answers-in-words.ts'
import { composeRequest } from './generic-http/compose.ts'
import { httpOptionsSchema, usedPlaceholders, type HttpOptions } from './generic-http/options.ts'
import { classifyReply } from './generic-http/outcome.ts'
import { receiveEvents } from './generic-http/receive.ts'
import { valuesOf } from './generic-http/values.ts'
import { answerResults } from './shared/answer-results.ts'
import { request } from './shared/http.ts'

/**
 * Any system with an HTTP API, described instead of programmed: where and how to send, what its answers mean, how it
 * reports replies. A workspace may have several, each with a `name` of its own.
 *
 * @example
 * http({
 *   name: 'gotify',
 *   url: 'https://push.guests.test/message',
 *   headers: { 'X-Gotify-Key': 'AWT2.b3dLzk9wQx' },
 *   body: { title: '{{title}}', message: '{{message}}' },
 *   messageId: '/id',
 * })
 */
export const http: ChannelFactory<typeof httpOptionsSchema> = defineChannel({
  name: 'http',
  options: httpOptionsSchema,
  // What can be described; what is, the options say.
  supports: {
    answers: [...answersInWords, 'form'],
    links: true,
    tokens: ['respond', 'unsubscribe', 'reply'],
    reports: ['delivered', 'read'],
    idempotent: false,
  },
  create: (options) => {
    const { concurrency, inbound, name, probeUrl, rate, timeoutMs } = options
    const supports = supportsOf(options)
    const address = addressOf(options)
    const canonical = (text: string): string | undefined => {
      const checked = address(text)
      return checked.ok ? checked.address : undefined
    }
    return {
      name,
      supports,
      limits: { concurrency, timeoutMs, ...(rate !== undefined && { rate }) },
      address,
      // Without a pattern every word could be an address.
      recognises: (text) => options.addressPattern !== undefined && address(text).ok,
      send: (message, context) => send(message, context, { options, supports }),
      ...(inbound !== undefined && {
        receive: (incoming, { clock }) => receiveEvents(incoming, inbound, { now: clock.now(), canonical }),
        acknowledge: (handled) => Promise.resolve(answerResults(handled)),
      }),
      ...(probeUrl !== undefined && { probe: (signal) => probe(probeUrl, signal, options) }),
    }
  },
})

/** What a description can do follows from where its placeholders stand. */
function supportsOf(options: HttpOptions): ChannelSupports {
  const { answers, idempotent, maxTextLength, reports } = options
  const used = usedPlaceholders(options)
  const showsLink = used.has('message') || used.has('link.respond')
  return {
    answers,
    links: showsLink,
    tokens: [
      ...(showsLink || used.has('actions') || used.has('action.url') ? (['respond'] as const) : []),
      ...(used.has('link.unsubscribe') ? (['unsubscribe'] as const) : []),
      ...(used.has('replyToken') ? (['reply'] as const) : []),
    ],
    reports,
    idempotent,
    ...(maxTextLength !== undefined && { maxTextLength }),
  }
}

type AddressCheck = (
  raw: string,
) => { readonly ok: true; readonly address: string } | { readonly ok: false; readonly reason: string }

function addressOf({ addressPattern }: HttpOptions): AddressCheck {
  const pattern = new RegExp(`^(?:${addressPattern ?? '.*'})$`, 'u')
  return (raw) => {
    const address = raw.trim()
    if (!/^[^\p{Cc}\u2028\u2029]{1,500}$/u.test(address))
      return { ok: false, reason: 'give one line of at most 500 characters' }
    return pattern.test(address)
      ? { ok: true, address }
      : { ok: false, reason: 'it is no address of this system' }
  }
}

interface Described {
  readonly options: HttpOptions
  readonly supports: ChannelSupports
}

async function send(
  message: OutboundMessage,
  context: SendContext,
  { options, supports }: Described,
): Promise<SendOutcome> {
  const refusal = whyNot(message, supports)
  if (refusal !== undefined) return { status: 'permanent_content', scope: 'message', detail: refusal }
  const composed = composeRequest(options, valuesOf(message, context, options))
  if (composed === undefined)
    return {
      status: 'permanent_recipient',
      scope: 'recipient',
      detail: 'the address would lead to another place',
    }
  const { url, ...rest } = composed
  const reply = await request(url, { method: options.method, signal: context.signal, ...rest })
  return classifyReply(reply, options, { fallbackId: context.idempotencyKey, now: context.clock.now() })
}

function whyNot(
  { answer, content }: OutboundMessage,
  { answers, links, maxTextLength }: ChannelSupports,
): string | undefined {
  if (maxTextLength !== undefined && content.text.length > maxTextLength)
    return `the text has more than ${String(maxTextLength)} characters`
  if (answer !== undefined && !links && !answers.includes(answer.spec.type))
    return 'this system can neither carry the answer nor show a link'
  return undefined
}

async function probe(url: string, signal: AbortSignal, { headers }: HttpOptions): Promise<ProbeResult> {
  const plain = Object.fromEntries(Object.entries(headers).filter(([, value]) => !value.includes('{{')))
  const reply = await request(url, { headers: plain, signal })
  if (!reply.ok) return { ok: false, detail: 'The system cannot be reached.' }
  const isWell = reply.status >= 200 && reply.status < 300
  return { ok: isWell, detail: `The system answers with status ${String(reply.status)}.` }
}
