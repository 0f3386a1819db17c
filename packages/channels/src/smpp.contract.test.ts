import { describe, test } from 'vitest'
import { channelContract } from '@invite-me/core/testing'
import { smscAccount, startSmsc } from '../../../tests/peers/smsc.ts'
import { smpp } from './smpp.ts'

const inboundSecret = 'planted-inbound-secret'
const request = (sms: object, secret = inboundSecret): Request =>
  new Request('http://smpp.invalid/', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-invite-me-smpp': secret },
    body: JSON.stringify({
      id: '7',
      esmClass: 0,
      from: '4915123456789',
      fromTon: 1,
      to: '4915100000000',
      text: 'Yes',
      ...sms,
    }),
  })

describe('the contract of every channel', () => {
  channelContract({
    test,
    declares: { idempotent: false, receives: true, probes: true, checksAddresses: true },
    provider: () => startSmsc(),
    create: ({ port }) =>
      smpp({
        host: '127.0.0.1',
        port,
        ...smscAccount,
        source: '+4915100000000',
        errorCodes: { '0x0411': 'opted_out' },
        inboundSecret,
      }),
    address: '+4915123456789',
    badAddresses: [
      'ann.lee',
      '0151 23456789',
      '+49 30 1234567',
      '+1 900 555 0100',
      '+4915123456789 and +4915123456788',
      '112',
    ],
    secret: smscAccount.password,
    badOptions: {
      host: () => openWith({ host: '' }),
      port: () => openWith({ port: 0 }),
      source: () => openWith({ source: 'a name that is too long' }),
      'errorCodes.0x0411': () => openWith({ errorCodes: { '0x0411': 'gone' } }),
    },
    webhooks: {
      genuine: () => request({}),
      forged: () => request({}, 'some-other-secret-of-theirs'),
      unknown: () => request({ esmClass: 0x20 }),
    },
  })
})

function openWith(change: Readonly<Record<string, unknown>>): unknown {
  const options = { host: 'smsc.operator.test', ...smscAccount, source: '+4915100000000', ...change }
  return smpp(options as Parameters<typeof smpp>[0])
}
