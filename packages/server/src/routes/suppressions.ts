import { z } from '@hono/zod-openapi'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { readPlainJson } from '../app/plain-json.ts'
import { mediaTypeOf } from '../app/read-body.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { uploadedBytes } from '../app/uploaded-bytes.ts'
import { readSuppressions, suppressionFormats } from '../people/read-suppressions.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import {
  suppressionBodySchema,
  suppressionQuery,
  suppressionReportSchema,
  suppressionSchema,
} from '../wire/suppression.ts'

/** Largest list of suppressions. */
const maxImportBytes = 1_073_741_824

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
  handle: async ({ inviteMe, body: { channel, address, category } }) => {
    await inviteMe.recipients.optOut(channel, address, { ...(category !== undefined && { category }) })
    return reply(204)
  },
})

const optIn = defineRoute({
  ...shared,
  path: '/v1/suppressions/remove',
  operation: 'recipients.optIn',
  summary: 'Takes an opt-out back',
  answers: { 204: { description: 'Taken back; also when there was none.' } },
  handle: async ({ inviteMe, body: { channel, address, category } }) => {
    await inviteMe.recipients.optIn(channel, address, { ...(category !== undefined && { category }) })
    return reply(204)
  },
})

const list = defineRoute({
  method: 'get',
  path: '/v1/suppressions',
  operation: 'suppressions.list',
  scope: 'read',
  summary: 'Addresses that must not be written to, in the order they were written',
  query: z.strictObject({ ...suppressionQuery, ...pageQuery }),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(suppressionSchema) } },
  handle: async ({ inviteMe, query }) => {
    const { channel, category, reason, source } = query
    const filter = {
      ...(channel !== undefined && { channel }),
      ...(category !== undefined && { category: category === '' ? null : category }),
      ...(reason !== undefined && { reason }),
      ...(source !== undefined && { source }),
    }
    return reply(200, pageAnswer(await inviteMe.suppressions.list(filter, pageOf(query)), query))
  },
})

const load = defineRoute({
  method: 'post',
  path: '/v1/suppressions/import',
  operation: 'suppressions.import',
  scope: 'admin',
  summary: 'Takes suppressions from a list of any length',
  description: [
    'NDJSON: `{ channel, address, category, reason, source, at }` a line. CSV: a line of headings with these words. Only the first two must be there; without a category everything is refused, the default reason is `opted_out`, the default source `import`.',
    'Lines are stored as they come; bad ones are told with their number and cost only themselves. At most 1 GiB.',
  ].join('\n\n'),
  query: z.strictObject({
    encoding: z.string().min(1).max(40).optional().openapi({
      description: 'Of a CSV file that is neither UTF-8 nor has a byte order mark: `windows-1252`.',
    }),
  }),
  stream: suppressionFormats,
  isGradual: true,
  answers: { 200: { description: 'What became of it.', schema: suppressionReportSchema } },
  problems: ['BODY_TOO_LARGE', 'STOPPED'],
  rename: { file: 'body', encoding: 'query.encoding' },
  handle: async ({ inviteMe, world, query, request, signal }) => {
    const isCsv = mediaTypeOf(request, suppressionFormats) === 'text/csv'
    const bytes = uploadedBytes(request, { maxBytes: maxImportBytes, clock: world.clock, signal })
    const suppressions = readSuppressions(isCsv ? 'text/csv' : 'application/x-ndjson', bytes, {
      parse: readPlainJson,
      ...(query.encoding !== undefined && { encoding: query.encoding }),
    })
    return reply(200, await inviteMe.suppressions.import(suppressions))
  },
})

/** `/v1/suppressions` */
export const suppressionRoutes: readonly Route[] = [list, optOut, optIn, load]
