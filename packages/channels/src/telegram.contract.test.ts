import { channelContract } from '@invite-me/core/testing'
import { describe, test } from 'vitest'
import { startFakeBotApi } from '../../../tests/peers/fake-bot-api.ts'
import { telegram } from './telegram.ts'

const botSecret = 'AAEhBP0av28-planted_secret_4711'
const token = `123456789:${botSecret}`
const webhookSecret = 'a-long-and-random-webhook-secret'

const webhook = (update: object, secret = webhookSecret) =>
  new Request('https://app.guests.test/hooks/telegram', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
    body: JSON.stringify({ update_id: 700_000_001, ...update }),
  })
const ann = { id: 100_200_300, is_bot: false, first_name: 'Ann' }
const message = {
  message_id: 41,
  date: 1_795_320_000,
  chat: { id: ann.id, type: 'private' },
  from: ann,
  text: 'Yes, gladly!',
}

describe('the contract of every channel', () => {
  channelContract({
    test,
    declares: {
      idempotent: false,
      receives: true,
      probes: true,
      checksAddresses: true,
      acknowledges: true,
      edits: true,
    },
    provider: startFakeBotApi,
    create: ({ url }) => telegram({ token, webhookSecret, apiRoot: url }),
    address: '100200300',
    badAddresses: [
      'ann',
      '@ann',
      '0',
      '12.5',
      '1e9',
      '-100:',
      '100:200',
      '99999999999999999',
      '+100',
      '０１',
    ],
    secret: botSecret,
    badOptions: {
      token: () => telegram({ token: `bot ${botSecret}` }),
      webhookSecret: () => telegram({ token, webhookSecret: 'short' }),
      apiRoot: () => telegram({ token, apiRoot: 'api.telegram.org' }),
      botName: () => telegram({ token, botName: '@DinnerTestBot' }),
      timeoutMs: () => telegram({ token, timeoutMs: 0 }),
    },
    webhooks: {
      genuine: () => webhook({ message }),
      forged: () => webhook({ message }, 'a-long-and-guessed-webhook-secret'),
      unknown: () => webhook({ message_reaction: { chat: { id: ann.id, type: 'private' } } }),
    },
  })
})
