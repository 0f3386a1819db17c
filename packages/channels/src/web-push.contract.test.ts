import { channelContract, type ScriptedProvider } from '@invite-me/core/testing'
import { afterAll, describe, test } from 'vitest'
import { startWebPushService, vapidKeys } from '../../../tests/peers/web-push-service.ts'
import { webPush } from './web-push.ts'

// One service for all questions, since the address is known before they are asked.
const service = await startWebPushService()
afterAll(() => service.close())
const keys = vapidKeys()
const subscription = await service.subscribe(keys.publicKey)
const address = JSON.stringify(subscription)
const answerUrl = 'https://app.guests.test/hooks/web-push'
const options = {
  subject: 'mailto:dinner@guests.test',
  ...keys,
  answerUrl,
  allowPrivate: true,
  pushServices: ['127.0.0.1'],
}

const token = '7h2k9qsampletoken4d8w3e6r5'
const press = (body: object) => new Request(answerUrl, { method: 'POST', body: JSON.stringify(body) })
const pressed = { inviteMe: 1, id: '0b0c7a52-3f7f-4d2e-9c5a-000000000001', token, value: 'yes' }

describe('web push', () => {
  channelContract<ScriptedProvider>({
    test,
    declares: { idempotent: false, receives: true, acknowledges: true, probes: false, checksAddresses: true },
    provider: () => {
      service.forget()
      const { close: _close, ...provider } = service
      return Promise.resolve(provider)
    },
    create: () => webPush(options),
    address,
    badAddresses: [
      subscription.endpoint,
      JSON.stringify({ endpoint: subscription.endpoint }),
      JSON.stringify({ ...subscription, endpoint: 'http://169.254.169.254/latest' }),
      JSON.stringify([subscription, subscription]),
    ],
    secret: keys.privateKey,
    badOptions: {
      subject: () => webPush({ ...options, subject: 'dinner@guests.test' }),
      publicKey: () => webPush({ ...options, publicKey: 'BEl6' }),
      privateKey: () => webPush({ ...options, privateKey: vapidKeys().privateKey }),
      answerUrl: () => webPush({ ...options, answerUrl: 'mailto:ann@guests.test' }),
    },
    webhooks: {
      genuine: () => press(pressed),
      forged: () => press({ ...pressed, token: 'guessed' }),
      unknown: () => press({ ...pressed, value: 'snooze' }),
    },
    exceptions: {
      'a person who said stop is opted_out':
        'people take their permission back in the browser, which ends the subscription (410)',
      'the longest text the engine takes goes out whole, or is refused as too long':
        'a notification shows the beginning of a long text; a tap opens the page with all of it',
      'what it has no use for is ignored':
        'a service worker sends nothing but answers; the engine says what a value means that the question has not',
    },
  })
})
