import { channelContract } from '@invite-me/core/testing'
import { describe, test } from 'vitest'
import {
  messageSid,
  startTwilioServer,
  twilioAccount,
  twilioNumber,
  twilioWebhook,
} from '../../../tests/peers/twilio-server.ts'
import { twilioWhatsapp } from './twilio-whatsapp.ts'

const webhookUrl = 'https://app.guests.test/hooks/twilio-whatsapp'
const account = { ...twilioAccount, from: twilioNumber, webhookUrl }
const reply = {
  MessageSid: messageSid(900),
  From: 'whatsapp:+491701234567',
  To: `whatsapp:${twilioNumber}`,
  Body: 'Yes',
  NumMedia: '0',
}

describe('twilio-whatsapp', () => {
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
    create: ({ url }) => twilioWhatsapp({ ...account, baseUrl: url }),
    address: '+491701234567',
    badAddresses: ['whatsapp:+491701234567', '+1 900 555 0199', 'sam', '01701234567', '+491701234567 ext. 5'],
    secret: twilioAccount.authToken,
    badOptions: {
      accountSid: () => twilioWhatsapp({ ...account, accountSid: 'AC1' }),
      authToken: () => twilioWhatsapp({ accountSid: account.accountSid, from: twilioNumber }),
      from: () => twilioWhatsapp({ ...account, from: '0170 1234567' }),
      webhookUrl: () => twilioWhatsapp({ ...account, webhookUrl: 'ftp://app.guests.test' }),
      messagingServiceSid: () => twilioWhatsapp({ ...account, messagingServiceSid: 'MG' }),
      allowCountries: () => twilioWhatsapp({ ...account, allowCountries: [] }),
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
