import { channelContract } from '@invite-me/core/testing'
import { describe, test } from 'vitest'
import {
  messageSid,
  startTwilioServer,
  twilioAccount,
  twilioNumber,
  twilioWebhook,
} from '../../../tests/peers/twilio-server.ts'
import { twilioSms } from './twilio-sms.ts'

const webhookUrl = 'https://app.guests.test/hooks/twilio-sms'
const account = { ...twilioAccount, from: twilioNumber, webhookUrl }
const reply = {
  MessageSid: messageSid(900),
  From: '+491701234567',
  To: twilioNumber,
  Body: 'Yes',
  NumMedia: '0',
}

describe('twilio-sms', () => {
  channelContract({
    test,
    declares: {
      idempotent: false,
      receives: true,
      probes: true,
      checksAddresses: true,
      acknowledges: true,
      finds: true,
    },
    provider: startTwilioServer,
    create: ({ url }) => twilioSms({ ...account, baseUrl: url }),
    address: '+491701234567',
    badAddresses: ['+49 30 123456', '+1 900 555 0199', 'sam', '01701234567', '+491701234567 ext. 5'],
    secret: twilioAccount.authToken,
    badOptions: {
      accountSid: () => twilioSms({ ...account, accountSid: 'AC1' }),
      authToken: () => twilioSms({ accountSid: account.accountSid, from: twilioNumber }),
      from: () => twilioSms({ ...account, from: '0170 1234567' }),
      webhookUrl: () => twilioSms({ ...account, webhookUrl: 'ftp://app.guests.test' }),
      messagingServiceSid: () => twilioSms({ ...account, messagingServiceSid: 'MG' }),
      allowCountries: () => twilioSms({ ...account, allowCountries: [] }),
    },
    webhooks: {
      genuine: () => twilioWebhook(webhookUrl, reply),
      forged: () => {
        const { headers } = twilioWebhook(webhookUrl, reply)
        return new Request(webhookUrl, {
          method: 'POST',
          headers,
          body: new URLSearchParams({ ...reply, Body: 'No' }),
        })
      },
      unknown: () => twilioWebhook(webhookUrl, { MessageSid: messageSid(901), MessageStatus: 'sent' }),
    },
  })
})
