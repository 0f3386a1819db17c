import { describe, test } from 'vitest'
import { channelContract } from '@invite-me/core/testing'
import {
  discordBotToken,
  discordPublicKey,
  signedByDiscord,
  startDiscordServer,
} from '../../../tests/peers/discord-server.ts'
import { discord } from './discord.ts'

const pressed = {
  id: '1450000000000000001',
  application_id: '1',
  type: 3,
  channel_id: '1450000000000000002',
  user: { id: '175928847299117063' },
  data: { custom_id: 'press 7h2k9qsampletoken4d8w3e6r5 yes', component_type: 2 },
}

describe('the contract of every channel', () => {
  channelContract({
    test,
    declares: {
      idempotent: true,
      receives: true,
      probes: true,
      checksAddresses: true,
      acknowledges: true,
      edits: true,
    },
    provider: startDiscordServer,
    create: ({ url }) => discord({ botToken: discordBotToken, publicKey: discordPublicKey, apiUrl: url }),
    address: '175928847299117063',
    badAddresses: [
      'ann.lee',
      '@ann',
      '12345',
      '<@175928847299117063>',
      '175928847299117063,175928847299117064',
    ],
    secret: 'planted-secret-4711',
    badOptions: {
      botToken: () => discord({ botToken: 'planted-secret-4711 planted' }),
      publicKey: () => openWith({ publicKey: 'abc' }),
      apiUrl: () => openWith({ apiUrl: 'discord.com' }),
      timeoutMs: () => openWith({ timeoutMs: -1 }),
    },
    webhooks: {
      genuine: () => signedByDiscord(pressed),
      forged: () => {
        const { headers, url } = signedByDiscord(pressed)
        return new Request(url, {
          method: 'POST',
          headers,
          body: JSON.stringify(pressed).replace('yes', 'no'),
        })
      },
      unknown: () => signedByDiscord({ ...pressed, type: 2, data: { name: 'invite' } }),
    },
    exceptions: {
      'a person who said stop is opted_out':
        'Discord does not tell a person who blocked the bot from one it cannot reach: both are code 50007',
    },
  })
})

function openWith(change: Readonly<Record<string, unknown>>): unknown {
  return discord({ botToken: discordBotToken, ...change } as Parameters<typeof discord>[0])
}
