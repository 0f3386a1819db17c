import {
  defineChannel,
  InviteMeError,
  isInviteMeError,
  type ChannelFactory,
  type ChannelSupports,
  type OutboundMessage,
  type SendContext,
  type SendOutcome,
} from '@invite-me/core/channel'
import { guardedFetch } from '@invite-me/core/guarded-fetch'
import { answerResults } from './shared/answer-results.ts'
import { request } from './shared/http.ts'
import { encryptPush, type EncryptedPush } from './web-push/encrypt-push.ts'
import { notificationText, topicOf } from './web-push/notification.ts'
import {
  serviceRules,
  webPushOptionsSchema,
  type WebPushLibrary,
  type WebPushOptions,
} from './web-push/options.ts'
import { classifyPush, keyStanding, type KeyStanding } from './web-push/outcome.ts'
import { receivePress } from './web-push/receive.ts'
import { readSubscription } from './web-push/subscription.ts'

const supports: ChannelSupports = {
  answers: [],
  links: true,
  tokens: ['respond'],
  reports: [],
  idempotent: false,
}
const supportsTaps: ChannelSupports = { ...supports, answers: ['yesNo'], tokens: ['respond', 'reply'] }

/**
 * Notifications of the person's own browser, without an app or an account (needs `web-push`). The address is the browser's
 * subscription as JSON; `web-push-worker` has the service worker that shows the notifications and sends answers back.
 *
 * @example
 * webPush({ subject: 'mailto:dinner@guests.test', publicKey: 'BEl6…', privateKey: 'x3Fr…', answerUrl: 'https://app.guests.test/hooks/web-push' })
 */
export const webPush: ChannelFactory<typeof webPushOptionsSchema> = defineChannel({
  name: 'web-push',
  options: webPushOptionsSchema,
  supports: supportsTaps,
  create: (options) => {
    const { answerUrl, timeoutMs } = options
    const standing = keyStanding()
    const address = (raw: string) => readSubscription(raw.trim(), serviceRules(options))
    return {
      supports: answerUrl === undefined ? supports : supportsTaps,
      limits: { concurrency: 20, timeoutMs },
      address: (raw) => {
        const read = address(raw)
        return read.ok ? { ok: true, address: read.address } : read
      },
      recognises: (text) => address(text).ok,
      send: (message, context) => send(message, context, { options, standing }),
      receive: (incoming, { clock }) => receivePress(incoming, clock.now()),
      // The worker belongs to the page's origin, and may call another one only when that agrees. No cookies are involved.
      acknowledge: (handled) =>
        Promise.resolve(answerResults(handled, { 'access-control-allow-origin': '*' })),
    }
  },
})

interface Sender {
  readonly options: WebPushOptions
  readonly standing: KeyStanding
}

async function send(
  message: OutboundMessage,
  context: SendContext,
  { options, standing }: Sender,
): Promise<SendOutcome> {
  const push = await preparePush(message, context, options)
  if ('status' in push) return push
  const { endpoint, ...rest } = push
  const reply = await request(endpoint, {
    method: 'POST',
    ...rest,
    signal: context.signal,
    fetch: guardedFetch(serviceRules(options)),
  })
  const service = new URL(endpoint).host
  const isKeyProven = standing.isProven(service)
  if (reply.ok) standing.book(service, reply.status)
  return classifyPush(reply, { messageId: context.idempotencyKey, now: context.clock.now(), isKeyProven })
}

/** @returns the request to make, or why there is none */
async function preparePush(
  message: OutboundMessage,
  { clock, idempotencyKey }: SendContext,
  options: WebPushOptions,
): Promise<(EncryptedPush & { readonly endpoint: string }) | SendOutcome> {
  const read = readSubscription(message.to.address, serviceRules(options))
  if (!read.ok)
    return {
      status: 'permanent_recipient',
      scope: 'recipient',
      detail: 'this is no push subscription we may use',
    }
  const topic = topicOf(idempotencyKey)
  const text = notificationText(message, { answerUrl: options.answerUrl, topic })
  if (text === undefined)
    return {
      status: 'permanent_content',
      scope: 'message',
      detail: 'it is too long for a notification, and has no page',
    }
  try {
    const library = await loadLibrary(options)
    const push = encryptPush(library, read.subscription, text, { message, options, now: clock.now(), topic })
    return { ...push, endpoint: read.subscription.endpoint }
  } catch (error) {
    if (!isInviteMeError(error)) throw error
    // Thrown, it would look as if the message might have left. Nothing did, and nothing can until it is installed.
    return { status: 'permanent_config', scope: 'provider', providerCode: error.code, detail: error.message }
  }
}

/** @throws InviteMeError `PEER_MISSING` */
async function loadLibrary({ library }: WebPushOptions): Promise<WebPushLibrary> {
  if (library !== undefined) return library
  try {
    return (await import('web-push')).default
  } catch (cause) {
    throw new InviteMeError('PEER_MISSING', 'The web push channel needs web-push: run npm i web-push.', {
      cause,
    })
  }
}
