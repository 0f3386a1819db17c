import { defineRoute, reply, type Route } from '../app/route.ts'
import { suppressionBodySchema } from '../wire/recipient.ts'

const shared = {
  method: 'post',
  scope: 'admin',
  body: suppressionBodySchema,
  problems: ['CHANNEL_UNKNOWN', 'ADDRESS_INVALID', 'STOPPED'],
  refusals: { address: 'ADDRESS_INVALID' },
  // The address itself is nothing for the audit log.
  auditTarget: (call: { readonly body: { readonly channel: string } }) => call.body.channel,
} as const

const optOut = defineRoute({
  ...shared,
  path: '/v1/suppressions',
  operation: 'recipients.optOut',
  summary: 'Writes that an address must not be written to any more; repeating it changes nothing',
  answers: { 204: { description: 'Written.' } },
  handle: async ({ inviteMe, body: { channel, address } }) => {
    await inviteMe.recipients.optOut(channel, address)
    return reply(204)
  },
})

const optIn = defineRoute({
  ...shared,
  path: '/v1/suppressions/remove',
  operation: 'recipients.optIn',
  summary: 'Takes an opt-out back',
  answers: { 204: { description: 'Taken back; also when there was none.' } },
  handle: async ({ inviteMe, body: { channel, address } }) => {
    await inviteMe.recipients.optIn(channel, address)
    return reply(204)
  },
})

/** `/v1/suppressions` */
export const suppressionRoutes: readonly Route[] = [optOut, optIn]
