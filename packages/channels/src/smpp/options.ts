import { z } from 'zod'
import { phoneOptions } from '../shared/phone.ts'
import type { SmppLibrary } from './smpp-library.ts'

const typeOfNumber = z.int().min(0).max(6)
const numberingPlan = z.int().min(0).max(18)
const idFormat = z.enum(['text', 'decimal', 'hex'])

/** A source address and how it is to be read (SMPP 3.4 §5.2.5, §5.2.6). */
const sourceSchema = z
  .union([
    z.string(),
    z.strictObject({ address: z.string(), ton: typeOfNumber.optional(), npi: numberingPlan.optional() }),
  ])
  .transform((source) => (typeof source === 'string' ? { address: source } : source))
  .refine(
    ({ address }) => /^(?:\+?\d{3,20}|[A-Za-z0-9 .&_-]{1,11})$/.test(address),
    'give a number, a short code, or a name of at most 11 letters and digits',
  )

/** What an operator's own error code can mean. */
const errorMeaning = z.enum([
  'retryable',
  'rate_limited',
  'permanent_recipient',
  'opted_out',
  'permanent_config',
  'permanent_content',
])
/** See {@link smppOptionsSchema}, `errorCodes`. */
export type ErrorMeaning = z.output<typeof errorMeaning>

/** Options of the SMPP channel as a host app writes them. */
export const smppOptionsSchema = z.strictObject({
  host: z.string().min(1).max(253).describe('Host of the operator’s message centre.'),
  port: z.int().min(1).max(65_535).default(2_775).describe('Its port; default 2775, with TLS usually 3550.'),
  tls: z
    .union([
      z.boolean(),
      z.strictObject({
        ca: z.string().optional(),
        servername: z.string().optional(),
        rejectUnauthorized: z.boolean().optional(),
      }),
    ])
    .default(false)
    .describe('TLS from the first byte; the certificate is checked strictly unless told otherwise.'),
  systemId: z.string().min(1).max(15).describe('Account at the operator (`system_id`).'),
  // The protocol has room for 8 letters; some operators take more.
  password: z.string().min(1).max(64).meta({ secret: true }).describe('Its password.'),
  systemType: z.string().max(12).default('').describe('`system_type`, when the operator wants one.'),
  serviceType: z.string().max(5).default('').describe('`service_type`, when the operator wants one.'),
  source: sourceSchema.describe(
    'Who it comes from: a number, a short code or a name; with `ton` and `npi` when the operator wants others than usual.',
  ),
  destination: z
    .strictObject({ ton: typeOfNumber.default(1), npi: numberingPlan.default(1) })
    .default({ ton: 1, npi: 1 })
    .describe('How recipients’ numbers are marked; default international (1, 1).'),
  canReply: z
    .boolean()
    .optional()
    .describe('Whether replies reach us by `listenForSms`; default true, false for a name as the source.'),
  unsubscribeHint: z
    .boolean()
    .default(false)
    .describe('Whether each message ends with how to opt out by replying STOP; some countries want it.'),
  longTexts: z
    .enum(['parts', 'payload'])
    .default('parts')
    .describe(
      'How long texts travel: cut into parts here, or whole in `message_payload`, which the operator cuts.',
    ),
  mostParts: z.int().min(1).max(255).default(30).describe('Most parts of one text; each is paid for.'),
  window: z.int().min(1).max(1_000).default(10).describe('Messages handed in and not yet answered, at most.'),
  rate: z
    .strictObject({ count: z.int().min(1), perMs: z.int().min(1) })
    .optional()
    .describe('Most messages in a time, as agreed with the operator; default no limit.'),
  throttlePauseMs: z
    .int()
    .min(10)
    .max(3_600_000)
    .default(1_000)
    .describe('Pause after the operator says that it is too much; the protocol has no way to say how long.'),
  maxValidityMs: z
    .int()
    .min(60_000)
    .max(30 * 86_400_000)
    .default(3 * 86_400_000)
    .describe(
      'Longest time the operator shall try to deliver; a message’s own deadline may be sooner. Default 3 days.',
    ),
  idFormat: z
    .strictObject({ submit: idFormat.default('text'), receipt: idFormat.default('text') })
    .default({ submit: 'text', receipt: 'text' })
    .describe(
      'How message ids are written in answers and in receipts; some operators use hex in one and decimal in the other.',
    ),
  errorCodes: z
    .record(z.string().regex(/^0x[0-9a-fA-F]{1,8}$/, 'write a code such as 0x0411'), errorMeaning)
    .default({})
    .describe('What the operator’s own error codes mean: { "0x0411": "opted_out" }.'),
  deadNumberErrors: z
    .array(z.string().regex(/^\w{1,10}$/))
    .default([])
    .describe(
      'Values of `err` in receipts that say: there is no such number. Every operator has its own; default none.',
    ),
  enquireLinkMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(30_000)
    .describe('Time between two signs of life in milliseconds; default 30,000.'),
  reconnectMs: z
    .int()
    .min(10)
    .max(60_000)
    .default(1_000)
    .describe('First pause before connecting again while listening; doubles up to a minute.'),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(600_000)
    .default(30_000)
    .describe('Longest wait for one message in milliseconds; default 30,000.'),
  inboundSecret: z
    .string()
    .min(16)
    .meta({ secret: true })
    .optional()
    .describe(
      'Proves that what comes in was handed over by `listenForSms`. Default: made anew, so only a listener of this process is believed; set it to listen in another one.',
    ),
  ...phoneOptions,
  smpp: z
    .custom<SmppLibrary>((value) => typeof value === 'object' && value !== null && 'connect' in value)
    .optional()
    .describe('The smpp module to use; default the installed one.'),
})
/** The same after validation. */
export type SmppOptions = z.output<typeof smppOptionsSchema>
