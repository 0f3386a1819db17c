import {
  defineChannel,
  InviteMeError,
  isInviteMeError,
  type ChannelFactory,
  type ChannelSupports,
  type SendOutcome,
} from '@invite-me/core/channel'
import { parseEmailAddress } from './email/address.ts'
import { composeEmail, returnAddresses, type ReturnAddresses } from './email/compose.ts'
import type { Departure, MailTransport } from './email/mail-transport.ts'
import { openTransport, type Sending } from './email/open-transport.ts'
import { emailOptionsSchema, type EmailOptions } from './email/options.ts'
import { classifySmtpFailure, type FailedOutcome, type SmtpPhase } from './email/outcome.ts'
import { receiveEmail } from './email/receive.ts'

/** Longest text taken, in characters. Mail servers take more, but people do not read it: put it behind a link. */
const maxTextLength = 100_000

/**
 * E-mail by SMTP (needs `nodemailer`). Answers come back by link and, when a reply address is set up, by replying;
 * feed what arrives there to `inviteMe.receive('email', request)`, for example with `listenForMail` of `email-inbound`.
 *
 * @example
 * email({ smtp: 'smtp://user:password@mail.guests.test:587', from: 'dinner@guests.test', replyDomain: 'reply.guests.test' })
 */
export const email: ChannelFactory<typeof emailOptionsSchema> = defineChannel({
  name: 'email',
  options: emailOptionsSchema,
  supports: {
    answers: [],
    links: true,
    tokens: ['respond', 'unsubscribe', 'reply'],
    reports: [],
    idempotent: false,
    maxTextLength,
  },
  create: createEmail,
})

function createEmail(options: EmailOptions) {
  const returns = returnAddresses(options)
  let opening: Promise<MailTransport> | undefined
  let isClosed = false
  const transport = () => {
    // A failure is not kept: what was missing may be there the next time.
    opening ??= openTransport(options).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  return {
    supports: supportsWith(returns),
    limits: {
      // One message waits behind each connection, so that none stands idle between two messages.
      concurrency: 2 * options.connections,
      timeoutMs: options.timeoutMs,
      ...(options.rate === undefined ? {} : { rate: options.rate }),
    },
    address: parseEmailAddress,
    send: async (message, context) => {
      if (message.content.text.length > maxTextLength) {
        return {
          status: 'permanent_content',
          scope: 'message',
          detail: `The text has more than ${maxTextLength} characters.`,
        }
      }
      const to = parseEmailAddress(message.to.address)
      if (!to.ok)
        return { status: 'permanent_recipient', scope: 'recipient', detail: 'This is not an e-mail address.' }
      if (isClosed) return { status: 'retryable', scope: 'provider', detail: 'The channel is closed.' }
      try {
        const composed = composeEmail(message, to.address, context, { ...options, returns })
        return await deliver(await transport(), { ...composed, signal: context.signal, departure: {} })
      } catch (error) {
        if (!isInviteMeError(error) || error.code !== 'PEER_MISSING') throw error
        // Thrown, it would look as if the message might have left. Nothing did, and nothing can until it is installed.
        return {
          status: 'permanent_config',
          scope: 'provider',
          providerCode: error.code,
          detail: error.message,
        }
      }
    },
    receive: (request, context) =>
      receiveEmail(request, { ...returns, maxBytes: options.maxInboundBytes, now: context.clock.now() }),
    probe: async (signal) => {
      try {
        await Promise.race([(await transport()).verify(), aborted(signal)])
        return { ok: true, detail: 'The mail server answers and takes the login.' }
      } catch (error) {
        if (isInviteMeError(error)) return { ok: false, detail: error.message }
        const { detail, providerCode } = describeFailure(error, {})
        return { ok: false, detail: providerCode === undefined ? `${detail}` : `${detail} (${providerCode})` }
      }
    },
    close: async () => {
      isClosed = true
      const open = await opening?.catch(() => undefined)
      open?.close()
    },
  } satisfies ReturnType<Parameters<typeof defineChannel<typeof emailOptionsSchema>>[0]['create']>
}

/** A reply carries any answer words can say; a form needs its page. */
function supportsWith({ bounce, reply }: ReturnAddresses): ChannelSupports {
  return {
    answers: reply === undefined ? [] : ['yesNo', 'choice', 'text', 'number', 'date', 'rsvp'],
    links: true,
    tokens:
      reply === undefined && bounce === undefined
        ? ['respond', 'unsubscribe']
        : ['respond', 'unsubscribe', 'reply'],
    reports: [],
    idempotent: false,
    maxTextLength,
  }
}

async function deliver(transport: MailTransport, sending: Sending): Promise<SendOutcome> {
  try {
    await transport.sendMail(sending)
    return { status: 'accepted', providerMessageId: sending.messageId }
  } catch (error) {
    return describeFailure(error, sending.departure)
  }
}

const phaseByCommand: readonly (readonly [RegExp, SmtpPhase])[] = [
  [/^AUTH/, 'login'],
  [/^MAIL/, 'sender'],
  [/^RCPT/, 'recipient'],
  [/^DATA/, 'data'],
]

/** Reads the library's error. Its message is not passed on: it repeats addresses and what the server wrote. */
function describeFailure(error: unknown, { stream }: Departure): FailedOutcome {
  const { code, command, originalCode, response } = Object(error) as Readonly<Record<string, unknown>>
  const errorCode = [originalCode, code].find(
    (value) => typeof value === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(value),
  )
  const phase = phaseByCommand.find(([pattern]) => pattern.test(String(command)))?.[1] ?? 'connect'
  // The final dot is written only after the message was read to its end; before that a server must not deliver
  // (RFC 5321 §4.1.1.4).
  const isMessageOut = stream?.readableEnded === true
  // What a server says out of turn is no answer to the message.
  const hasReply = typeof response === 'string' && !(code === 'EPROTOCOL' && isMessageOut)
  return classifySmtpFailure({
    phase,
    isMessageOut,
    ...(hasReply ? { reply: response } : {}),
    ...(typeof errorCode === 'string' ? { errorCode } : {}),
  })
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(new InviteMeError('WAIT_ABORTED', 'The mail server did not answer in time.'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
