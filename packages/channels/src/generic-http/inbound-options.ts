import { z } from 'zod'
import { jsonPointerSchema } from './json-pointer.ts'

const secret = z.string().min(16, 'give a secret of at least 16 characters').max(500).meta({ secret: true })
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'not the name of a header')

const verifySchema = z.discriminatedUnion('by', [
  z
    .strictObject({
      by: z.literal('header'),
      header: headerName,
      /** The header’s whole value, `Bearer …` included. */ secret,
    })
    .describe('The system sends a secret of yours in a header.'),
  z
    .strictObject({
      by: z.literal('hmac'),
      /** Header the signature is in. */
      header: headerName,
      secret,
      algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256'),
      encoding: z.enum(['hex', 'base64']).default('hex'),
      /** Stands before the signature: `sha256=`. */
      prefix: z.string().max(50).default(''),
      /** Header with the moment in Unix seconds; older or newer than five minutes is refused. */
      timestampHeader: headerName.optional(),
      /** What is signed. */
      content: z
        .string()
        .max(200)
        .refine((text) => text.includes('{{body}}'), 'say where {{body}} is in what is signed')
        .optional(),
    })
    .refine(
      ({ content = '', timestampHeader }) =>
        timestampHeader !== undefined || !content.includes('{{timestamp}}'),
      {
        path: ['timestampHeader'],
        message: 'name the header {{timestamp}} comes from',
      },
    )
    .describe('The system signs the raw body (and a moment) with a shared secret.'),
  z
    .strictObject({ by: z.literal('token') })
    .describe(
      'The token of the message is the proof: only who got the message knows it. Only answers are taken then.',
    ),
])

/** What an event of the system can be for us. */
const kindSchema = z.enum(['answer', 'delivered', 'read', 'failed', 'opted_out', 'opted_in', 'complained'])

const failureClassSchema = z.enum([
  'retryable',
  'permanent_recipient',
  'opted_out',
  'permanent_config',
  'permanent_content',
])

/** How the described system reports answers and receipts to us; every pointer is into one event. */
export const inboundSchema = z.strictObject({
  verify: verifySchema.describe('How its requests are known to be genuine.'),
  list: jsonPointerSchema.optional().describe('Where the list of events is; default the body is one event.'),
  id: jsonPointerSchema
    .optional()
    .describe('What makes an event unique. Without it two events with the same content count as one.'),
  kind: z
    .strictObject({ at: jsonPointerSchema, is: z.record(z.string().max(200), kindSchema) })
    .optional()
    .describe('What its kinds of events are for us; others are ignored. Default: every event is an answer.'),
  token: jsonPointerSchema.optional().describe('The token of the message (`{{replyToken}}`).'),
  messageId: jsonPointerSchema
    .optional()
    .describe('Its id of the message, as `messageId` found it in its answer.'),
  address: jsonPointerSchema.optional().describe('The address it is from, or about.'),
  text: jsonPointerSchema.optional().describe('The words of an answer.'),
  value: jsonPointerSchema.optional().describe('The value of a button, or of a typed answer.'),
  failure: z
    .strictObject({ at: jsonPointerSchema, is: z.record(z.string().max(200), failureClassSchema) })
    .optional()
    .describe('What its codes for failed messages mean; default this message cannot go this way.'),
  consentWords: z
    .boolean()
    .default(false)
    .describe('Takes STOP, START and their like in the words of a person for opting out and in.'),
})
/** See {@link inboundSchema}. */
export type InboundDescription = z.output<typeof inboundSchema>
/** How requests are known to be genuine. */
export type Verification = InboundDescription['verify']
