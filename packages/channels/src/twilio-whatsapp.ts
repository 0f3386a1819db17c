import {
  defineChannel,
  type Channel,
  type ChannelFactory,
  type ChannelSupports,
  type FindResult,
  type OutboundMessage,
  type SendContext,
  type SendOutcome,
} from '@invite-me/core/channel'
import { z } from 'zod'
import { answersInWords } from './shared/answers-in-words.ts'
import { noTextTypes, phoneAddress } from './shared/phone.ts'
import { oneLine } from './shared/one-line.ts'
import { renderText } from './shared/render-text.ts'
import { twilioApi, type TwilioApi } from './twilio/api.ts'
import { comparable, findMessage } from './twilio/find-message.ts'
import { checkAccount, e164, twilioOptions } from './twilio/options.ts'
import { wantsTemplate } from './twilio/outcome.ts'
import { plainText } from './twilio/plain-text.ts'
import { probeAccount } from './twilio/probe.ts'
import { webhookPowers } from './twilio/receive.ts'
import { longestBody, readyToSend, sendMessage, type MessageParts } from './twilio/send-message.ts'
import { talkWindow, type TalkWindow } from './twilio/talk-window.ts'
import { templateContent, templateFor, templatesSchema } from './twilio/template.ts'

/** Longest text in characters; Twilio takes 1,600, and the name, the way to answer and the link need room. */
const maxTextLength = 1_200
const scheme = 'whatsapp:'
/** Landlines can have WhatsApp, and companies' numbers too. */
const refusedTypes = noTextTypes.filter((type) => type !== 'FIXED_LINE' && type !== 'TOLL_FREE')

const optionsSchema = z
  .strictObject({
    ...twilioOptions,
    from: e164.optional().describe('The WhatsApp sender: its number, without `whatsapp:`.'),
    templates: templatesSchema
      .default({})
      .describe(
        'Approved templates: without them WhatsApp takes messages only within 24 hours after the person wrote.',
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
const supportsReplies: ChannelSupports = {
  ...supports,
  answers: answersInWords,
  reports: ['delivered', 'read'],
}

/**
 * WhatsApp by Twilio. People answer with buttons where a template has them, else by replying. An address is the person's
 * number, `+491701234567`.
 *
 * @example
 * twilioWhatsapp({
 *   accountSid: 'AC…', authToken: '…', from: '+14155550100', webhookUrl: 'https://app.guests.test/hooks/twilio-whatsapp',
 *   templates: { yesNo: { contentSid: 'HX…' }, text: { contentSid: 'HX…' } },
 * })
 */
export const twilioWhatsapp: ChannelFactory<typeof optionsSchema> = defineChannel({
  name: 'twilio-whatsapp',
  options: optionsSchema,
  supports: supportsReplies,
  create: (options) => {
    const { concurrency, from, messagingServiceSid, ownNumbers = [], rate, timeoutMs } = options
    const window = talkWindow()
    const account: Account = {
      options,
      api: twilioApi(options),
      from: from === undefined ? undefined : `${scheme}${from}`,
      address: phoneAddress({ ...options, refuseTypes: options.refuseTypes ?? refusedTypes }),
      window,
    }
    const medium = {
      scheme,
      hasCarrierWords: false,
      ownNumbers: [from, ...ownNumbers],
      messagingServiceSid,
    } as const
    return {
      supports: options.webhookUrl === undefined ? supports : supportsReplies,
      limits: { concurrency, timeoutMs, ...(rate !== undefined && { rate }) },
      address: account.address,
      // A bare number is taken for an SMS, which reaches everybody.
      recognises: () => false,
      send: (message, context) => send(message, context, account),
      find: (message, context) => find(message, context, account),
      ...listening(webhookPowers(options, medium), window),
      probe: (signal) =>
        probeAccount(account.api, { hasKey: options.apiKey !== undefined, number: undefined, signal }),
    }
  },
})

interface Account {
  readonly options: Options
  readonly api: TwilioApi
  readonly from: string | undefined
  readonly address: ReturnType<typeof phoneAddress>
  readonly window: TalkWindow
}

/** As a template where that is better or needed, else in free words; in doubt by template, which always may be sent. */
async function send(
  message: OutboundMessage,
  context: SendContext,
  { address, api, from, options, window }: Account,
): Promise<SendOutcome> {
  const ready = readyToSend(address(message.to.address), textOf(message, options))
  if (!ready.ok) return ready.outcome
  const { body, to } = ready
  const by = (content: MessageParts['content'], detail?: string) =>
    sendMessage({ to: `${scheme}${to}`, content, until: message.until, describe: () => detail }, context, {
      ...options,
      api,
      from,
    })
  const chosen = templateFor(message, options.templates)
  if (chosen === undefined) return by({ Body: body })
  const byTemplate = () => by(templateContent(chosen, message, body), 'sent as a template')
  if (chosen.hasButtons || !window.isOpen(to, context.clock.now())) return byTemplate()
  const outcome = await by({ Body: body })
  return wantsTemplate(outcome) ? byTemplate() : outcome
}

async function find(
  message: OutboundMessage,
  context: SendContext & { readonly since: Date },
  { address, api, from, options }: Account,
): Promise<FindResult> {
  const ready = readyToSend(address(message.to.address), textOf(message, options))
  // What cannot be sent has not been sent.
  if (!ready.ok) return { status: 'absent' }
  const isIt = (found: string) => isSame(found, ready.body, message)
  return findMessage({ to: `${scheme}${ready.to}`, from, isIt }, context, api)
}

/** Notes who writes. */
function listening({ receive, ...powers }: Pick<Channel, 'acknowledge' | 'receive'>, window: TalkWindow) {
  if (receive === undefined) return powers
  return {
    ...powers,
    receive: async (...given: Parameters<typeof receive>) => {
      const facts = await receive(...given)
      for (const fact of facts)
        if ('from' in fact && fact.from !== undefined) window.heard(fact.from, fact.at.getTime())
      return facts
    },
  }
}

/** The message in free words; `undefined` when it is too long. With many options the page has the room for them. */
function textOf(message: OutboundMessage, { webhookUrl }: Options): string | undefined {
  if (message.content.text.length > maxTextLength) return undefined
  const isReplied = webhookUrl !== undefined && message.answer?.spec.type !== 'form'
  const ways = isReplied ? (['reply', 'link'] as const) : (['link'] as const)
  return ways
    .map((answerBy) => plainText(renderText(message, { answerBy })))
    .find((text) => text.length <= longestBody)
}

/** Of a template only the question is known; one whose text Twilio does not tell may be any. */
function isSame(found: string, body: string, { content, links }: OutboundMessage): boolean | undefined {
  if (found.trim() === '') return undefined
  const [there, whole, question] = [found, body, oneLine(content.text)].map((text) =>
    comparable(text.replaceAll("'", '’'), links),
  )
  return there === whole || there?.includes(question ?? '') === true
}
