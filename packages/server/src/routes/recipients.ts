import { z } from '@hono/zod-openapi'
import { InviteMeError, type Duration } from '@invite-me/core'
import { keepToOwn } from '../app/authenticate.ts'
import { found } from '../app/found.ts'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { readPlainJson } from '../app/plain-json.ts'
import { mediaTypeOf } from '../app/read-body.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { uploadedBytes } from '../app/uploaded-bytes.ts'
import { phoneChannelAmong } from '../people/phone-channel.ts'
import { peopleFormats, readPeople } from '../people/read-people.ts'
import { durationMsOf } from '../wire/moment.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import {
  connectAddressSchema,
  connectBodySchema,
  importReportSchema,
  personPreferencesSchema,
  preferencesAddressSchema,
  preferencesBodySchema,
  preferencesLinkBodySchema,
  recipientBodySchema,
  recipientExportSchema,
  recipientSchema,
  recipientTokenSchema,
  tokenBodySchema,
} from '../wire/recipient.ts'

const inPath = { externalId: 'path.externalId' }
/** Largest list of people. */
const maxImportBytes = 1_073_741_824

/** Ids of people who are being forgotten, by their calls: the audit log names them so, since an externalId may be an address. */
const erasedIds = new WeakMap<object, string>()

const list = defineRoute({
  method: 'get',
  path: '/v1/recipients',
  operation: 'recipients.list',
  scope: 'read',
  summary: 'People, oldest first',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(recipientSchema) } },
  handle: async ({ inviteMe, query }) =>
    reply(200, pageAnswer(await inviteMe.recipients.list(pageOf(query)), query)),
})

const get = defineRoute({
  method: 'get',
  path: '/v1/recipients/{externalId}',
  operation: 'recipients.get',
  scope: 'read',
  summary: 'One person',
  answers: { 200: { description: 'The person.', schema: recipientSchema } },
  problems: ['RECIPIENT_UNKNOWN'],
  handle: async ({ inviteMe, path: { externalId } }) =>
    reply(200, found(await inviteMe.recipients.get(externalId), 'RECIPIENT_UNKNOWN', 'path.externalId')),
})

const put = defineRoute({
  method: 'put',
  path: '/v1/recipients/{externalId}',
  operation: 'recipients.upsert',
  scope: 'admin',
  summary: 'Adds or updates a person; repeating it changes nothing',
  description:
    'What is given replaces what was there. Routes that opted out or bounced stay so, whatever is said of them.',
  body: recipientBodySchema,
  answers: { 200: { description: 'The person as they are now.', schema: recipientSchema } },
  problems: ['ADDRESS_INVALID', 'CHANNEL_UNKNOWN', 'STOPPED'],
  rename: inPath,
  auditTarget: (_call, answer) => answer.body.id,
  handle: async ({ inviteMe, path: { externalId }, body }) => {
    if (body.externalId !== undefined && body.externalId !== externalId)
      throw new InviteMeError(
        'REQUEST_INVALID',
        'The externalId in the body differs from the one in the path.',
        {
          field: 'externalId',
        },
      )
    return reply(200, await inviteMe.recipients.upsert({ ...body, externalId }))
  },
})

const erase = defineRoute({
  method: 'delete',
  path: '/v1/recipients/{externalId}',
  operation: 'recipients.erase',
  scope: 'admin',
  summary: 'Forgets a person: profile, addresses, names and words',
  description: 'What is not yet sent is cancelled. An address that said stop stays suppressed.',
  isGradual: true,
  answers: { 204: { description: 'Forgotten.' } },
  problems: ['RECIPIENT_UNKNOWN', 'STOPPED'],
  rename: inPath,
  auditTarget: (call) => erasedIds.get(call) ?? null,
  handle: async (call) => {
    const { externalId } = call.path
    const person = found(
      await call.inviteMe.recipients.get(externalId),
      'RECIPIENT_UNKNOWN',
      'path.externalId',
    )
    erasedIds.set(call, person.id)
    const isErased = await call.inviteMe.recipients.erase(externalId)
    found(isErased ? true : undefined, 'RECIPIENT_UNKNOWN', 'path.externalId')
    return reply(204)
  },
})

const load = defineRoute({
  method: 'post',
  path: '/v1/recipients/import',
  operation: 'recipients.import',
  scope: 'admin',
  summary: 'Takes people from a list of any length',
  description: [
    'NDJSON: a person a line, as in `PUT` with their `externalId`. CSV: a line of headings (`externalId`, `name`, `email`, `phone`, `locale`, `zone`, `opted_out`, any channel; others become attributes).',
    'Lines are stored as they come; bad ones are told with their number and cost only themselves. At most 1 GiB.',
  ].join('\n\n'),
  query: z.strictObject({
    encoding: z.string().min(1).max(40).optional().openapi({
      description: 'Of a CSV file that is neither UTF-8 nor has a byte order mark: `windows-1252`.',
    }),
  }),
  stream: peopleFormats,
  isGradual: true,
  answers: { 200: { description: 'What became of it.', schema: importReportSchema } },
  problems: ['BODY_TOO_LARGE', 'STOPPED'],
  rename: { file: 'body', encoding: 'query.encoding' },
  handle: async ({ inviteMe, world, query, request, signal }) => {
    const channels = inviteMe.channels.list().map(({ name }) => name)
    const format = mediaTypeOf(request, peopleFormats) === 'text/csv' ? 'text/csv' : 'application/x-ndjson'
    const bytes = uploadedBytes(request, { maxBytes: maxImportBytes, clock: world.clock, signal })
    const people = readPeople(format, bytes, {
      channels,
      phoneChannel: phoneChannelAmong(channels),
      parse: readPlainJson,
      ...(query.encoding !== undefined && { encoding: query.encoding }),
    })
    return reply(200, await inviteMe.recipients.import(people))
  },
})

const exportAll = defineRoute({
  method: 'get',
  path: '/v1/recipients/{externalId}/export',
  operation: 'recipients.export',
  scope: 'admin',
  summary: 'Everything kept about a person, for them',
  isAudited: true,
  answers: { 200: { description: 'Everything.', schema: recipientExportSchema } },
  problems: ['RECIPIENT_UNKNOWN'],
  // An externalId may be an address, and the log outlives the person.
  auditTarget: (_call, answer) => answer.body.recipient.id,
  handle: async ({ inviteMe, path: { externalId } }) =>
    reply(200, found(await inviteMe.recipients.export(externalId), 'RECIPIENT_UNKNOWN', 'path.externalId')),
})

const connect = defineRoute({
  method: 'post',
  path: '/v1/recipients/{externalId}/connect',
  operation: 'recipients.connectAddress',
  scope: 'send',
  summary: 'Makes an address by which a person connects a medium to their profile',
  description: 'It works once. For Telegram it is `https://t.me/<bot>?start=…`.',
  body: connectBodySchema,
  answers: { 200: { description: 'The address.', schema: connectAddressSchema } },
  problems: ['RECIPIENT_UNKNOWN', 'CHANNEL_UNKNOWN', 'STOPPED'],
  rename: inPath,
  handle: async ({ inviteMe, path: { externalId }, body: { channel, expiresIn } }) => {
    const options = expiresIn === undefined ? {} : { expiresIn: expiresIn as Duration }
    return reply(200, await inviteMe.recipients.connectAddress(externalId, channel, options))
  },
})

const token = defineRoute({
  method: 'post',
  path: '/v1/recipients/{externalId}/token',
  operation: 'recipients.token',
  scope: 'admin',
  summary: "Makes a short-lived token for a person's own browser: their inbox and their live topics",
  description: 'It cannot be taken back, so it lives at most 24 hours; default one.',
  body: tokenBodySchema,
  isBodyOptional: true,
  answers: { 200: { description: 'The token.', schema: recipientTokenSchema } },
  auditTarget: () => null,
  handle: async ({ world, path: { externalId }, body: { expiresIn, topics } }) => {
    const lifeMs = expiresIn === undefined ? undefined : durationMsOf(String(expiresIn))
    const options = { ...(lifeMs !== undefined && { lifeMs }), ...(topics !== undefined && { topics }) }
    return reply(200, await world.tokens.make(externalId, options))
  },
})

const showPreferences = defineRoute({
  method: 'get',
  path: '/v1/recipients/{externalId}/preferences',
  operation: 'recipients.preferences',
  scope: 'read',
  orRecipient: true,
  summary: 'What a person wants: order of channels, what is off and on, hours and zone',
  answers: { 200: { description: 'What they want.', schema: personPreferencesSchema } },
  problems: ['RECIPIENT_UNKNOWN'],
  rename: inPath,
  handle: async ({ inviteMe, caller, path: { externalId } }) => {
    keepToOwn(caller, externalId, 'path.externalId')
    return reply(200, await inviteMe.recipients.preferences(externalId))
  },
})

const setPreferences = defineRoute({
  method: 'put',
  path: '/v1/recipients/{externalId}/preferences',
  operation: 'recipients.setPreferences',
  scope: 'admin',
  orRecipient: true,
  summary: 'Changes what a person wants; it counts for everything not yet sent',
  description:
    'Each part that is given replaces that part, the others stay. `window: null` takes the hours of the workspace, `zone: null` forgets the zone. People may change their own with a token of theirs.',
  body: preferencesBodySchema,
  answers: { 200: { description: 'What they want now.', schema: personPreferencesSchema } },
  problems: ['RECIPIENT_UNKNOWN', 'STOPPED'],
  rename: inPath,
  // An externalId may be an address.
  auditTarget: () => null,
  handle: async ({ inviteMe, caller, path: { externalId }, body }) => {
    keepToOwn(caller, externalId, 'path.externalId')
    return reply(200, await inviteMe.recipients.setPreferences(externalId, body))
  },
})

const preferencesLink = defineRoute({
  method: 'post',
  path: '/v1/recipients/{externalId}/preferences/link',
  operation: 'recipients.preferencesLink',
  scope: 'send',
  summary: "Makes the address of a person's own page of preferences",
  description: 'Whoever has it can change them, so it is for that person alone. Default 30 days.',
  body: preferencesLinkBodySchema,
  isBodyOptional: true,
  answers: { 200: { description: 'The address.', schema: preferencesAddressSchema } },
  problems: ['RECIPIENT_UNKNOWN', 'OPTIONS_INVALID', 'STOPPED'],
  rename: inPath,
  handle: async ({ inviteMe, path: { externalId }, body: { expiresIn } }) => {
    const options = expiresIn === undefined ? {} : { expiresIn: expiresIn as Duration }
    return reply(200, await inviteMe.recipients.preferencesLink(externalId, options))
  },
})

/** `/v1/recipients` */
export const recipientRoutes: readonly Route[] = [
  list,
  get,
  put,
  erase,
  load,
  exportAll,
  connect,
  token,
  showPreferences,
  setPreferences,
  preferencesLink,
]
