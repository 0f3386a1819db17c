import PostalMime from 'postal-mime'
import { describe, test } from 'vitest'
import { channelContract, type ProviderTrouble, type ScriptedProvider } from '@invite-me/core/testing'
import { startSmtpSink, type SinkFault, type SinkMail } from '../../../tests/peers/smtp-sink.ts'
import { email } from './email.ts'

const secret = 'planted-secret-4711'
const token = '7h2k9qsampletoken4d8w3e6r5'

const faults: Readonly<Partial<Record<ProviderTrouble, readonly SinkFault[]>>> = {
  too_many: [{ at: 'recipient', reply: '450 4.7.1 Too many messages, slow down' }],
  unwell: [{ at: 'sender', reply: '421 4.3.0 Out of order' }],
  cut_before: [{ at: 'recipient', act: 'drop' }],
  cut_after: [{ at: 'message', act: 'drop' }],
  silent: [{ at: 'message', act: 'hold' }],
  no_such_address: [{ at: 'recipient', reply: '550 5.1.1 No such user' }],
  not_allowed: [
    { at: 'login', reply: '535 5.7.8 Wrong password' },
    { at: 'sender', reply: '550 5.7.1 Not from you' },
  ],
  bad_text: [{ at: 'message', reply: '554 5.7.1 Message content rejected' }],
}

interface MailServer extends ScriptedProvider {
  readonly port: number
}

/** A real mail server that wants the right password and does as it is told. */
async function startMailServer(): Promise<MailServer> {
  let told: readonly SinkFault[] = []
  const sink = await startSmtpSink({
    login: { user: 'dinner', pass: secret },
    fault: ({ moment }) => told.find(({ at }) => at === moment),
  })
  return {
    port: sink.port,
    answer: (how) => {
      told = how === 'well' ? [] : (faults[how] ?? [])
    },
    received: () => Promise.all(sink.mails.map(readable)),
    close: () => sink.close(),
  }
}

/** A mail as its reader sees it, with all its headers. */
async function readable({ raw }: SinkMail): Promise<string> {
  const { headers, text } = await PostalMime.parse(raw)
  return [...headers.map(({ key, value }) => `${key}: ${value}`), '', text ?? ''].join('\n')
}

const open = ({ port }: { readonly port: number }) =>
  email({
    smtp: { host: '127.0.0.1', port, auth: { user: 'dinner', pass: secret } },
    from: { name: 'Dinner', address: 'dinner@dinner.test' },
    replyDomain: 'reply.dinner.test',
  })

const mail = (lines: readonly string[]): Request =>
  new Request('https://mail.test/', {
    method: 'POST',
    headers: { 'content-type': 'message/rfc822' },
    body: lines.join('\r\n'),
  })
const envelope = [
  'From: Ann Lee <ann@guests.test>',
  `To: reply+${token}@reply.dinner.test`,
  'Message-ID: <1@guests.test>',
  'Date: Mon, 5 Jan 2026 09:00:00 +0000',
]

describe('the contract of every channel', () => {
  channelContract({
    test,
    declares: { idempotent: false, receives: true, probes: true, checksAddresses: true },
    provider: startMailServer,
    create: open,
    address: 'ann@guests.test',
    badAddresses: ['ann', 'Ann <bob@guests.test>', 'x: bob@guests.test;', 'ann@guests.test, bob@guests.test'],
    secret,
    badOptions: {
      from: () => openWith({ from: 'nobody' }),
      timeoutMs: () => openWith({ timeoutMs: -1 }),
      smtp: () => openWith({ smtp: `smtp://dinner:${secret}@mail.guests.test?tls=off` }),
    },
    webhooks: {
      genuine: () => mail([...envelope, 'Subject: Re: Dinner', '', 'Yes, gladly!']),
      forged: () => mail([]),
      unknown: () =>
        mail([
          ...envelope,
          'Subject: Out of office',
          'Auto-Submitted: auto-replied',
          '',
          'I am away until Monday.',
        ]),
    },
    exceptions: {
      'a person who said stop is opted_out':
        'no mail server says that a person wants no mail; people use the link',
      'a forged webhook is refused':
        'mail bears no signature of ours; the token in the address proves the question',
    },
  })
})

function openWith(change: Readonly<Record<string, unknown>>): unknown {
  const options = { smtp: 'smtp://mail.guests.test', from: 'dinner@dinner.test', ...change }
  return email(options as Parameters<typeof email>[0])
}
