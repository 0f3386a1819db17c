import {
  defineChannel,
  type ChannelFactory,
  type ChannelSupports,
  type SendOutcome,
} from '@invite-me/core/channel'
import { answersInWords } from './shared/answers-in-words.ts'
import { parseEmailAddress } from './email/address.ts'
import { changeOf } from './email/change.ts'
import { composeEmail, returnAddresses, type MailDraft } from './email/compose.ts'
import { bucketOf } from './email/domain-bucket.ts'
import { mailPost } from './email/mail-post.ts'
import { emailOptionsSchema, type EmailOptions } from './email/options.ts'
import { receiveEmail } from './email/receive.ts'
import { TemplateStore } from './email/template-store.ts'

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
  supports: supportsWith({ bounces: true, replies: true }),
  create: createEmail,
})

function createEmail(options: EmailOptions) {
  const returns = returnAddresses(options)
  const post = mailPost(options)
  const compose = { ...options, returns, templates: new TemplateStore() }
  /** Composes and sends; trouble is a value. */
  const deliver = async (draft: Omit<MailDraft, 'address'>, signal: AbortSignal): Promise<SendOutcome> => {
    const to = parseEmailAddress(draft.message.to.address)
    if (!to.ok)
      return { status: 'permanent_recipient', scope: 'recipient', detail: 'This is not an e-mail address.' }
    return post.send(composeEmail({ ...draft, address: to.address }, compose), signal)
  }
  return {
    supports: supportsWith({
      bounces: returns.bounce !== undefined,
      replies: returns.reply !== undefined,
    }),
    limits: {
      // One message waits behind each connection, so that none stands idle between two messages.
      concurrency: 2 * options.connections,
      timeoutMs: options.timeoutMs,
      ...(options.rate === undefined ? {} : { rate: options.rate }),
      ...(options.domainRates === undefined ? {} : { bucket: bucketOf(options.domainRates) }),
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
      return deliver({ message, context }, context.signal)
    },
    edit: async (edit, context) => {
      const { calendar, replyToken } = edit.message
      const change = changeOf(edit)
      // What stands in a mailbox stays as it is; only a calendar can be told anew.
      if (
        change === undefined ||
        calendar === undefined ||
        replyToken === undefined ||
        returns.reply === undefined
      )
        return { status: 'accepted', detail: 'There was nothing to bring up to date in a calendar.' }
      return deliver({ message: edit.message, context, change }, context.signal)
    },
    receive: (request, context) =>
      receiveEmail(request, {
        ...returns,
        unsubscribe: options.unsubscribeMailto,
        maxBytes: options.maxInboundBytes,
        now: context.clock.now(),
      }),
    probe: post.probe,
    close: post.close,
  } satisfies ReturnType<Parameters<typeof defineChannel<typeof emailOptionsSchema>>[0]['create']>
}

/** A reply carries any answer words can say; a form needs its page. A calendar answers to the reply address. */
function supportsWith({
  bounces,
  replies,
}: {
  readonly bounces: boolean
  readonly replies: boolean
}): ChannelSupports {
  return {
    answers: replies ? answersInWords : [],
    links: true,
    tokens: replies || bounces ? ['respond', 'unsubscribe', 'reply'] : ['respond', 'unsubscribe'],
    reports: [],
    idempotent: false,
    maxTextLength,
    ...(replies && { edits: ['calendar'] }),
  }
}
