import { describe, test } from 'vitest'
import { channelContract } from '@invite-me/core/testing'
import {
  signedBySlack,
  slackBotToken,
  slackSigningSecret,
  startSlackWorkspace,
  type SlackWorkspace,
} from '../../../tests/peers/slack-workspace.ts'
import { slack } from './slack.ts'

let workspace: SlackWorkspace | undefined

const pressed = () =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      user: { id: 'U0123ABCD' },
      channel: { id: 'D0123ABCD' },
      container: { type: 'message', channel_id: 'D0123ABCD', message_ts: '1767603601.000100' },
      response_url: `${workspace?.url ?? ''}/respond`,
      actions: [
        {
          type: 'button',
          block_id: 'answer:7h2k9qsampletoken4d8w3e6r5',
          action_id: 'press-0',
          value: 'yes',
          action_ts: '1767603605.731222',
        },
      ],
    }),
  })

describe('the contract of every channel', () => {
  channelContract<SlackWorkspace>({
    test,
    declares: {
      idempotent: false,
      receives: true,
      probes: true,
      checksAddresses: true,
      acknowledges: true,
      edits: true,
    },
    provider: async () => (workspace = await startSlackWorkspace()),
    create: ({ url }) => slack({ botToken: slackBotToken, signingSecret: slackSigningSecret, apiUrl: url }),
    address: 'U0123ABCD',
    badAddresses: [
      'ann.lee',
      '@ann',
      '#general',
      'u0123abcd',
      'U0123ABCD,U0456EFGH',
      'B0123ABCD',
      'D0123ABCD',
      '<@U0123ABCD>',
    ],
    secret: 'planted-s',
    badOptions: {
      botToken: () => slack({ botToken: 'planted-secret' }),
      signingSecret: () => openWith({ signingSecret: 'short' }),
      apiUrl: () => openWith({ apiUrl: 'slack.com' }),
      timeoutMs: () => openWith({ timeoutMs: -1 }),
    },
    webhooks: {
      genuine: () => signedBySlack(pressed()),
      forged: () => {
        const { headers, url } = signedBySlack(pressed())
        return new Request(url, { method: 'POST', headers, body: String(pressed()).replace('yes', 'no') })
      },
      unknown: () =>
        signedBySlack(
          JSON.stringify({ type: 'event_callback', event_id: 'Ev1', event: { type: 'reaction_added' } }),
        ),
    },
    exceptions: {
      'a person who said stop is opted_out':
        'Slack has no word for a person who wants no messages of a bot; they say it in words',
    },
  })
})

function openWith(change: Readonly<Record<string, unknown>>): unknown {
  return slack({ botToken: slackBotToken, ...change } as Parameters<typeof slack>[0])
}
