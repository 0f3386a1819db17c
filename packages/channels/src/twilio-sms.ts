import {
  defineChannel,
  type ChannelFactory,
  type ChannelSupports,
  type FindResult,
  type OutboundMessage,
  type SendContext,
  type SendOutcome,
} from '@invite-me/core/channel'
import { z } from 'zod'
import { answersInWords } from './shared/answers-in-words.ts'
import { looksLikePhone, phoneAddress } from './shared/phone.ts'
import { renderText } from './shared/render-text.ts'
import { twilioApi, type TwilioApi } from './twilio/api.ts'
import { comparable, findMessage } from './twilio/find-message.ts'
import type { MessageResource } from './twilio/message-resource.ts'
import { checkAccount, twilioOptions } from './twilio/options.ts'
import { plainText } from './twilio/plain-text.ts'
import { probeAccount } from './twilio/probe.ts'
import { webhookPowers } from './twilio/receive.ts'
import { countSegments, describeSegments, smartlyEncoded } from './twilio/segments.ts'
import { longestBody, readyToSend, sendMessage } from './twilio/send-message.ts'

/** Longest text in characters; Twilio takes 1,600, and the name, the way to answer and the link need room. */
const maxTextLength = 1_200

const optionsSchema = z
  .strictObject({
    ...twilioOptions,
    from: z
      .string()
      .regex(
        /^(?:\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11})$/,
        'give a number such as +14155550100, a short code, or a name of at most 11 letters',
      )
      .optional()
      .describe('The sender: a number, a short code, or a name people cannot reply to.'),
    smartEncoding: z
      .boolean()
      .default(false)
      .describe('Lets Twilio replace letters like ’ by plain ones, so that a message needs fewer segments.'),
    answerLink: z
      .enum(['always', 'ifNeeded'])
      .default('always')
      .describe('Whether a question that can be answered by replying has the link to its page too.'),
    stopHint: z.boolean().default(false).describe('Ends every message with how to opt out by replying.'),
    pricePerSegment: z
      .strictObject({ amount: z.number().positive(), currency: z.string().regex(/^[A-Z]{3}$/) })
      .optional()
      .describe(
        'What one segment costs you, for the estimate in receipts: `{ amount: 0.0079, currency: "USD" }`.',
      ),
  })
  .superRefine(checkAccount)

type Options = z.output<typeof optionsSchema>

const supports: ChannelSupports = {
  answers: [],
  links: true,
  tokens: ['respond'],
  reports: [],
  idempotent: false,
  maxTextLength,
}
const supportsReports: ChannelSupports = { ...supports, reports: ['delivered'] }
const supportsReplies: ChannelSupports = {
  ...supportsReports,
  answers: answersInWords,
}

/**
 * Text messages by Twilio. People answer by replying; what they write belongs to the newest question sent to their number.
 *
 * @example
 * twilioSms({ accountSid: 'AC…', authToken: '…', from: '+14155550100', webhookUrl: 'https://app.guests.test/hooks/twilio-sms' })
 */
export const twilioSms: ChannelFactory<typeof optionsSchema> = defineChannel({
  name: 'twilio-sms',
  options: optionsSchema,
  supports: supportsReplies,
  create: (options) => {
    const { concurrency, from, messagingServiceSid, ownNumbers = [], rate, timeoutMs } = options
    const account: Account = { options, api: twilioApi(options), address: phoneAddress(options) }
    const medium = {
      scheme: '',
      hasCarrierWords: true,
      ownNumbers: [from, ...ownNumbers],
      messagingServiceSid,
    } as const
    return {
      supports: supportsWith(options),
      limits: { concurrency, timeoutMs, ...(rate !== undefined && { rate }) },
      address: account.address,
      recognises: looksLikePhone,
      send: (message, context) => send(message, context, account),
      segments: (text) => countSegments(text, options.smartEncoding).count,
      find: (message, context) => find(message, context, account),
      ...webhookPowers(options, medium),
      probe: (signal) =>
        probeAccount(account.api, {
          hasKey: options.apiKey !== undefined,
          number: from?.startsWith('+') === true ? from : undefined,
          signal,
        }),
    }
  },
})

interface Account {
  readonly options: Options
  readonly api: TwilioApi
  readonly address: ReturnType<typeof phoneAddress>
}

async function send(
  message: OutboundMessage,
  context: SendContext,
  { address, api, options }: Account,
): Promise<SendOutcome> {
  const ready = readyToSend(address(message.to.address), textOf(message, options))
  if (!ready.ok) return ready.outcome
  const { body, to } = ready
  return sendMessage(
    {
      to,
      content: { Body: body, ...(options.smartEncoding && { SmartEncoded: 'true' }) },
      until: message.until,
      describe: (sent) => describeSegments(segmentsOf(sent, body, options), options.pricePerSegment),
    },
    context,
    { ...options, api },
  )
}

async function find(
  message: OutboundMessage,
  context: SendContext & { readonly since: Date },
  { address, api, options }: Account,
): Promise<FindResult> {
  const ready = readyToSend(address(message.to.address), textOf(message, options))
  // What cannot be sent has not been sent.
  if (!ready.ok) return { status: 'absent' }
  const wanted = fold(ready.body, message, options)
  const isIt = (found: string) => fold(found, message, options) === wanted
  return findMessage({ to: ready.to, from: options.from, isIt }, context, api)
}

function supportsWith(options: Options): ChannelSupports {
  if (options.webhookUrl === undefined) return supports
  return canReply(options) ? supportsReplies : supportsReports
}

/** Nobody can reply to a name. */
function canReply({ from, messagingServiceSid, webhookUrl }: Options): boolean {
  return webhookUrl !== undefined && (messagingServiceSid !== undefined || /^[+\d]/.test(from ?? ''))
}

/** The message as a text; `undefined` when it is too long. With many options the page has the room for them. */
function textOf(message: OutboundMessage, options: Options): string | undefined {
  const { answerLink, stopHint } = options
  const unsubscribeHint = stopHint && canReply(options)
  const isReplied = canReply(options) && message.answer?.spec.type !== 'form'
  const ways = isReplied ? (['reply', 'link'] as const) : (['link'] as const)
  if (message.content.text.length > maxTextLength) return undefined
  return ways
    .map((answerBy) =>
      renderText(message, {
        answerBy,
        unsubscribeHint,
        links: answerBy === 'link' || answerLink === 'always',
      }),
    )
    .map(plainText)
    .find((text) => text.length <= longestBody)
}

/** Twilio counts itself, but with a Messaging Service only later (OpenAPI, `num_segments`, 2026-04-14). */
function segmentsOf({ num_segments: told }: MessageResource, body: string, { smartEncoding }: Options) {
  const count = Number(told ?? 0)
  return count > 0 ? { count } : countSegments(body, smartEncoding)
}

function fold(text: string, { links }: OutboundMessage, { smartEncoding }: Options): string {
  return comparable(smartEncoding ? smartlyEncoded(text) : text, links)
}
