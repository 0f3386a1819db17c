import { channelContract } from '@invite-me/core/testing'
import { describe, test } from 'vitest'
import { startFakeNtfy } from './fake-ntfy.ts'
import { ntfy } from './ntfy.ts'

const secret = 'tk_n0b0dymayseethis4711'
const tapUrl = 'https://app.guests.test/hooks/ntfy'
const tap = (body: object) => new Request(tapUrl, { method: 'POST', body: JSON.stringify(body) })
const token = '7h2k9qsampletoken4d8w3e6r5'

describe('ntfy', () => {
  channelContract({
    test,
    declares: { idempotent: false, receives: true, probes: true, checksAddresses: false },
    provider: startFakeNtfy,
    create: ({ url }) => ntfy({ server: url, accessToken: secret, tapUrl }),
    address: 'ann-x7k2m9',
    secret,
    badOptions: {
      server: () => ntfy({ server: 'ntfy.guests.test' }),
      accessToken: () => ntfy({ accessToken: '' }),
      tapUrl: () => ntfy({ tapUrl: 'mailto:ann@guests.test' }),
    },
    webhooks: {
      genuine: () => tap({ token, value: 'yes' }),
      forged: () => tap({ token: 'guessed', value: 'yes' }),
      unknown: () => tap({ token, value: 'snooze' }),
    },
    exceptions: {
      'a person who said stop is opted_out':
        'people unsubscribe on their phone, and the server does not tell',
    },
  })
})
