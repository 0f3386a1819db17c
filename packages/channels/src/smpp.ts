import {
  defineChannel,
  isInviteMeError,
  type ChannelFactory,
  type ChannelSupports,
  type OutboundMessage,
  type ProbeResult,
  type ReceiveContext,
  type SendContext,
  type SendOutcome,
} from '@invite-me/core/channel'
import { randomBytes } from 'node:crypto'
import { answersInWords } from './shared/answers-in-words.ts'
import { looksLikePhone, phoneAddress } from './shared/phone.ts'
import { smppLink, type SmppLink } from './smpp/link.ts'
import { cutText } from './smpp/cut-text.ts'
import { doorOf, type SmppDoor } from './smpp/listen.ts'
import { smppOptionsSchema, type SmppOptions } from './smpp/options.ts'
import { classifyLoginError } from './smpp/outcome.ts'
import { receiveSms } from './smpp/receive.ts'
import { submitMessage } from './smpp/submit.ts'

export { listenForSms, type SmsListener, type SmsListenerOptions } from './smpp/listen.ts'

/** Longest text taken, in characters: in UCS-2 some 24 short messages. */
const maxTextLength = 1_600

/**
 * SMS by an operator of one's own choice, over SMPP 3.4 (needs `smpp`). Long texts go in parts. Delivery is reported, and people
 * answer by replying, as long as `listenForSms` listens.
 *
 * @example
 * smpp({ host: 'smsc.operator.test', systemId: 'dinner', password: '…', source: '+4915123456789' })
 */
export const smpp: ChannelFactory<typeof smppOptionsSchema> = defineChannel({
  name: 'smpp',
  options: smppOptionsSchema,
  supports: supportsWith(true),
  create: createSmpp,
})

function supportsWith(canReply: boolean): ChannelSupports {
  return {
    answers: canReply ? answersInWords : [],
    links: true,
    tokens: ['respond'],
    reports: ['delivered'],
    idempotent: false,
    maxTextLength,
  }
}

function createSmpp(options: SmppOptions) {
  const link = smppLink(options)
  const secret = options.inboundSecret ?? randomBytes(24).toString('base64url')
  const canReply = options.canReply ?? /^\+?\d+$/.test(options.source.address)
  const readPhone = phoneAddress(options)
  let reference = randomBytes(1).readUInt8()
  const submission = {
    options,
    link,
    canReply,
    nextReference: () => (reference = (reference + 1) % 256),
  }
  const door: SmppDoor = { link, options, secret }
  return {
    // A symbol, so that neither JSON nor a log shows what stands behind it.
    [doorOf]: door,
    supports: supportsWith(canReply),
    limits: {
      concurrency: options.window,
      timeoutMs: options.timeoutMs,
      ...(options.rate !== undefined && { rate: options.rate }),
    },
    address: readPhone,
    recognises: looksLikePhone,
    send: async (message: OutboundMessage, context: SendContext): Promise<SendOutcome> => {
      const to = readPhone(message.to.address)
      if (!to.ok)
        return {
          status: 'permanent_recipient',
          scope: 'recipient',
          detail: 'This is not a number messages may go to.',
        }
      if (message.content.text.length > maxTextLength)
        return {
          status: 'permanent_content',
          scope: 'message',
          detail: `The text has more than ${String(maxTextLength)} characters.`,
        }
      try {
        return await submitMessage(message, to.address, context, submission)
      } catch (error) {
        if (!isInviteMeError(error) || error.code !== 'PEER_MISSING') throw error
        return {
          status: 'permanent_config',
          scope: 'provider',
          providerCode: error.code,
          detail: error.message,
        }
      }
    },
    segments: (text: string): number => cutText(text).parts.length,
    receive: (request: Request, context: ReceiveContext) => receiveSms(request, context, { options, secret }),
    probe: (signal: AbortSignal) => probe(link, options, signal),
    close: () => link.close(),
  } satisfies ReturnType<Parameters<typeof defineChannel<typeof smppOptionsSchema>>[0]['create']> & {
    readonly [doorOf]: SmppDoor
  }
}

async function probe(link: SmppLink, options: SmppOptions, signal: AbortSignal): Promise<ProbeResult> {
  try {
    const opened = await link.check(signal)
    if (opened.ok) return { ok: true, detail: 'The operator answers and takes the login.' }
    if (opened.status === undefined) return { ok: false, detail: 'The operator cannot be reached.' }
    const { detail, providerCode } = classifyLoginError(opened.status, options)
    return { ok: false, detail: `${detail ?? ''} (${providerCode ?? ''})` }
  } catch (error) {
    if (isInviteMeError(error)) return { ok: false, detail: error.message }
    throw error
  }
}
