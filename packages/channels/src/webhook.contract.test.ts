import { signatureHeaders, type OutboundMessage, type SendOutcome } from '@invite-me/core/channel'
import { channelContract } from '@invite-me/core/testing'
import { setImmediate } from 'node:timers/promises'
import { assert, describe, test } from 'vitest'
import { startWebhookEndpoint, type WebhookEndpoint } from '../../../tests/peers/webhook-endpoint.ts'
import { webhook } from './webhook.ts'
import { secretSchema } from './webhook/keys.ts'

const secret = 'whsec_cGxhbnRlZC1zZWNyZXQtcGxhbnRlZC1zZWNyZXQt'
const token = '7h2k9qsampletoken4d8w3e6r5'
const where = 'https://app.guests.test/hooks/webhook'

function signed(payload: object, change: (body: string) => string = (body) => body): Request {
  const text = JSON.stringify(payload)
  const body = new TextEncoder().encode(text)
  const keys = { secrets: [secretSchema.parse(secret)], privateKeys: [] }
  const timestamp = Math.floor(Date.now() / 1_000)
  const headers = { ...signatureHeaders({ id: 'msg_1', timestamp, body }, keys) }
  return new Request(where, { method: 'POST', headers, body: change(text) })
}
const webhooks = {
  genuine: () => signed({ type: 'answer', data: { token, value: 'yes' } }),
  forged: () =>
    signed({ type: 'answer', data: { token, value: 'yes' } }, (body) => body.replace('yes', 'no')),
  unknown: () => signed({ type: 'user.created', data: { name: 'Ann' } }),
}
const declares = {
  idempotent: true,
  receives: true,
  acknowledges: true,
  edits: true,
  probes: false,
  checksAddresses: true,
}
const badOptions = {
  secrets: () => webhook({}),
  'secrets.0': () => webhook({ secrets: [secret.slice(0, 20)] }),
  'privateKeys.0': () => webhook({ privateKeys: [secret] }),
  url: () => webhook({ secrets: [secret], url: 'https://10.0.0.1/hook' }),
  timeoutMs: () => webhook({ secrets: [secret], timeoutMs: -1 }),
}
const noStop = {
  'a person who said stop is opted_out':
    'an endpoint that wants nothing more says 410, which closes the address',
} as const

describe('one endpoint for everybody', () => {
  channelContract<WebhookEndpoint>({
    test,
    declares,
    provider: () => startWebhookEndpoint(secret),
    create: ({ url }) => webhook({ url, secrets: [secret], allowPrivate: true }),
    address: 'ann-4711',
    secret,
    badOptions,
    webhooks,
    exceptions: noStop,
  })
})

const settled = async (outcome: Promise<SendOutcome> | undefined): Promise<SendOutcome> => {
  assert(outcome)
  return outcome
}

describe('an endpoint for each person', () => {
  channelContract<WebhookEndpoint>({
    test,
    declares,
    provider: () => startWebhookEndpoint(secret),
    // Every name leads to the endpoint under test, which is on another port each time.
    create: ({ url }) => {
      const port = new URL(url).port
      const channel = webhook({
        secrets: [secret],
        allowPrivate: true,
        resolve: () => setImmediate(['127.0.0.1']),
      })
      const there = ({ to, ...message }: OutboundMessage): OutboundMessage => {
        const address = to.address.replace('.test/', `.test:${port}/`)
        return { ...message, to: { ...to, address } }
      }
      return {
        ...channel,
        send: (message, context) => channel.send(there(message), context),
        edit: (edit, context) => settled(channel.edit?.({ ...edit, message: there(edit.message) }, context)),
      }
    },
    address: 'http://ann.guests.test/hooks/in?key=4711',
    badAddresses: [
      'ann',
      'ftp://ann.guests.test/',
      'https://ann:pw@guests.test/',
      'http://ann.guests.test/ http://bob.test/',
    ],
    secret,
    badOptions,
    webhooks,
    exceptions: {
      ...noStop,
      'wrong credentials are permanent_config, and blame nobody’s address':
        'one person’s endpoint that turns us away must not stop everybody’s; it is tried again',
    },
  })
})
