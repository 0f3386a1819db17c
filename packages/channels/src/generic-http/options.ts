import { z } from 'zod'
import { inboundSchema } from './inbound-options.ts'
import { jsonPointerSchema } from './json-pointer.ts'
import { hasBrokenPlaceholder, placeholdersIn, templateSchema, textsOf, type PlacedText } from './template.ts'
import { placeholderNames } from './values.ts'

const scalar = z.union([z.string().max(500), z.number(), z.boolean(), z.null()])
const positive = z.int().min(1)
const status = z.int().min(200).max(599)

const errorRowSchema = z
  .strictObject({
    status: status.optional(),
    at: jsonPointerSchema.optional(),
    equals: scalar.optional(),
    outcome: z.enum([
      'retryable',
      'rate_limited',
      'permanent_recipient',
      'opted_out',
      'permanent_config',
      'permanent_content',
      'unknown',
    ]),
    detail: z.string().min(1).max(200).optional(),
  })
  .refine((row) => row.status !== undefined || row.at !== undefined, 'give a status, or at, or both')

/** Options of the generic HTTP channel as a host app writes them. */
export const httpOptionsSchema = z
  .strictObject({
    name: z
      .string()
      .max(40)
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a channel name is lower-case words joined by hyphens')
      .default('http')
      .describe('Name of this channel; give each its own where there are several.'),
    url: z
      .string()
      .max(2_000)
      .meta({ secret: true })
      .describe('Where messages are sent; placeholders may stand in the path and the query.'),
    method: z.enum(['POST', 'PUT', 'PATCH', 'GET', 'DELETE']).default('POST').describe('HTTP method.'),
    headers: z
      .record(
        z.string().regex(/^[!#$%&'*+.^`|~\w-]{1,100}$/, 'not the name of a header'),
        z.string().max(2_000),
      )
      .meta({ secret: true })
      .default({})
      .describe('Headers, credentials among them; {{idempotencyKey}} and {{replyToken}} may stand in them.'),
    body: templateSchema
      .optional()
      .describe('What is sent: any JSON with placeholders, or a text. Default nothing.'),
    format: z
      .enum(['json', 'form', 'text'])
      .default('json')
      .describe(
        'How the body is written: JSON, a web form (the body is an object of texts), or a text as it is.',
      ),
    success: z
      .strictObject({
        status: z.array(status).min(1).optional(),
        at: jsonPointerSchema.optional(),
        equals: scalar.optional(),
      })
      .default({})
      .describe('What a success looks like: status (default 200 to 299), and a value in the answer.'),
    messageId: jsonPointerSchema
      .optional()
      .describe('Where the answer holds an id of the message, unique in that system.'),
    errorCode: jsonPointerSchema
      .optional()
      .describe('Where the answer holds the system’s own error code, for the receipt.'),
    errors: z
      .array(errorRowSchema)
      .max(200)
      .default([])
      .describe('What its failures mean; the first row that fits decides, before success is looked at.'),
    retryAfter: z
      .strictObject({ at: jsonPointerSchema, unit: z.enum(['s', 'ms']) })
      .optional()
      .describe('Where the answer says how long to wait; default the header Retry-After.'),
    addressPattern: z
      .string()
      .max(500)
      .refine(isPattern, 'not a regular expression')
      .optional()
      .describe(
        'Regular expression a whole address must match. With it such addresses are recognised without the channel’s name.',
      ),
    answers: z
      .array(z.enum(['yesNo', 'choice', 'text', 'number', 'date', 'rsvp', 'form']))
      .max(7)
      .default([])
      .describe(
        'Answer types that come back through this system; needs `inbound`. Others are answered by link.',
      ),
    answerBy: z
      .enum(['reply', 'buttons'])
      .default('reply')
      .describe(
        'How those answers are given: by writing back ({{message}} then says how), or by buttons of your template.',
      ),
    maxActions: positive
      .max(50)
      .default(50)
      .describe('Most buttons the system shows; a question with more has none, and its link.'),
    maxTextLength: positive.max(20_000).optional().describe('Longest text in characters.'),
    idempotent: z
      .boolean()
      .default(false)
      .describe(
        'The system refuses to send twice under one {{idempotencyKey}}, which must then stand in the request.',
      ),
    reports: z
      .array(z.enum(['delivered', 'read']))
      .max(2)
      .default([])
      .describe('What it reports later; needs `inbound`.'),
    inbound: inboundSchema
      .optional()
      .describe('How it reports answers and receipts to `inviteMe.receive(name, request)`.'),
    probeUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'Address that answers GET, with the same headers, with 2xx when all is well; for checks without sending.',
      ),
    concurrency: positive.max(1_000).default(10).describe('Sends under way at once.'),
    rate: z
      .strictObject({ count: positive, perMs: positive })
      .optional()
      .describe('At most `count` sends in any `perMs` milliseconds.'),
    timeoutMs: positive.max(300_000).default(30_000).describe('Longest time for one send.'),
  })
  .superRefine((options, context) => {
    const issue = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    const urlProblem = problemOfUrl(options.url)
    if (urlProblem !== undefined) issue(['url'], urlProblem)
    const placed = placedTexts(options)
    for (const text of placed) {
      const problem = problemOfText(text)
      if (problem !== undefined) issue([...text.path], problem)
    }
    const used = new Set(placed.flatMap(({ text }) => placeholdersIn(text)))
    if (!used.has('text') && !used.has('message')) issue(['body'], 'say where {{text}} or {{message}} goes')
    if (options.idempotent && !used.has('idempotencyKey'))
      issue(['idempotent'], 'say where {{idempotencyKey}} goes')
    if (options.inbound === undefined && options.answers.length > 0) issue(['answers'], 'needs `inbound`')
    if (options.inbound === undefined && options.reports.length > 0) issue(['reports'], 'needs `inbound`')
    if (options.format === 'form' && !isFlat(options.body))
      issue(['body'], 'a form is an object whose values are texts')
    if (options.format === 'text' && typeof options.body !== 'string') issue(['body'], 'give a text')
    if (options.method === 'GET' && options.body !== undefined) issue(['body'], 'GET has no body')
  })
/** Options after validation. */
export type HttpOptions = z.output<typeof httpOptionsSchema>

/** Names of the placeholders a description uses anywhere. */
export function usedPlaceholders(
  options: Pick<HttpOptions, 'body' | 'headers' | 'url'>,
): ReadonlySet<string> {
  return new Set(placedTexts(options).flatMap(({ text }) => placeholdersIn(text)))
}

function placedTexts({
  body,
  headers,
  url,
}: Pick<HttpOptions, 'body' | 'headers' | 'url'>): readonly PlacedText[] {
  const place = (text: string, ...path: string[]): PlacedText => ({
    text,
    path,
    isKey: false,
    isRepeated: false,
  })
  return [
    place(url, 'url'),
    ...Object.entries(headers).map(([name, value]) => place(value, 'headers', name)),
    ...(body === undefined ? [] : textsOf(body, ['body'])),
  ]
}

/** A header cannot hold every letter, so only what we make ourselves may stand there. */
const headerPlaceholders: readonly string[] = ['idempotencyKey', 'replyToken']
const actionPlaceholders: readonly string[] = ['action.value', 'action.label', 'action.url']

/** A typing mistake must not become an empty text in somebody's message. */
function problemOfText({ isKey, isRepeated, path, text }: PlacedText): string | undefined {
  if (isKey) return text.includes('{{') ? 'names of members have no placeholders' : undefined
  if (hasBrokenPlaceholder(text)) return 'this is not how a placeholder is written; write {{text}}'
  const known: readonly string[] =
    path[0] === 'headers'
      ? headerPlaceholders
      : [...placeholderNames, ...(isRepeated ? actionPlaceholders : [])]
  const unknown = placeholdersIn(text).find((name) => !known.includes(name))
  return unknown === undefined ? undefined : `there is no placeholder {{${unknown}}} here`
}

function problemOfUrl(template: string): string | undefined {
  const [, origin = ''] = /^(https?:\/\/[^/?#]*)/.exec(template) ?? []
  if (origin === '' || !URL.canParse(template)) return 'give an address that begins with https:// or http://'
  // The host is the operator's choice alone.
  if (origin.includes('{{') || origin.includes('@') || origin.includes('\\'))
    return 'only the path and the query may have placeholders, and credentials belong into headers'
  if (template.includes('#')) return 'what stands behind # is never sent'
  return undefined
}

function isFlat(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    !Array.isArray(body) &&
    Object.values(body).every((value) => typeof value === 'string')
  )
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
