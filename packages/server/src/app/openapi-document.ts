import { errorCodes, type ErrorCode } from '@invite-me/core'
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { withLimits } from './document-limits.ts'
import { problemSchema, problemType } from './problem.ts'
import type { AnswerDefinition, Route } from './route.ts'

type Registered = Parameters<OpenAPIHono['openAPIRegistry']['registerPath']>[0]
/** The description of the HTTP interface (OpenAPI 3.1). */
export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>

const description = `Asks people over whatever medium they use and brings the answer back.

Send a key as \`Authorization: Bearer imk_…\`. Moments are ISO 8601 texts in UTC, lengths of time \`"30m"\` or milliseconds.
Lists come in pages: give \`next\` as \`after\`. Errors are problem documents (RFC 9457) with a \`code\` that never changes.`

const whole = { type: 'integer', minimum: 0, maximum: 2_147_483_647 } as const
/** Headers answers may have, described once. */
const headers = {
  'X-Request-Id': { description: 'Id of this request.', schema: { type: 'string', maxLength: 64 } },
  'RateLimit-Limit': { description: 'Calls allowed in a minute.', schema: whole },
  'RateLimit-Remaining': { description: 'Calls left now.', schema: whole },
  'RateLimit-Reset': { description: 'Seconds until the count begins anew.', schema: whole },
  'Retry-After': { description: 'Seconds to wait.', schema: whole },
  'Access-Control-Allow-Origin': {
    description: 'The origin of the calling page, when the server lets its pages call.',
    schema: { type: 'string', maxLength: 300 },
  },
} as const

const { 'Retry-After': retryAfter, ...everyHeader } = refer(headers)
const retryHeaders = { ...everyHeader, 'Retry-After': retryAfter }

function refer<Name extends string>(all: Readonly<Record<Name, unknown>>): Record<Name, { $ref: string }> {
  const names = Object.keys(all) as Name[]
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) as Record<
    Name,
    { $ref: string }
  >
}

/** Describes routes, from the same schemas that check their requests. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const app = new OpenAPIHono()
  const registry = app.openAPIRegistry
  registry.register('Problem', problemSchema)
  registry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key, `imk_…`. The scopes named at an operation are the ones its key must have.',
  })
  registry.registerComponent('securitySchemes', 'recipientToken', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      "A person's own token, for their inbox and their topics; short-lived, one algorithm, checked as RFC8725 asks.",
  })
  registry.registerComponent('securitySchemes', 'providerSignature', {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description: 'Each provider signs in a way and a header of its own; its channel checks it.',
  })
  for (const [name, header] of Object.entries(headers)) registry.registerComponent('headers', name, header)
  for (const route of routes) registry.registerPath(describeRoute(route))
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'invite-me',
      version,
      description,
      contact: { name: 'invite-me contributors' },
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [
      { url: '/', description: 'This server, in production as in development.', 'x-internal': false },
    ],
    tags: tagsOf(routes),
  })
  return withLimits(document)
}

function tagsOf(routes: readonly Route[]): { readonly name: string; readonly description: string }[] {
  const names = new Set(routes.map(tagOf))
  return [...names].map((name) => ({ name, description: `Operations on ${name}.` }))
}

function tagOf({ operation }: Route): string {
  return operation.split('.')[0] ?? operation
}

function describeRoute(route: Route): Registered {
  const { method, path, operation, summary } = route
  return {
    method,
    path,
    operationId: operation,
    summary,
    description: route.description ?? summary,
    tags: [tagOf(route)],
    security: securityOf(route),
    request: requestOf(route),
    responses: { ...answersOf(route), ...problemsOf(route) },
  }
}

function securityOf({ scope, orRecipient, isForeign }: Route): Record<string, string[]>[] {
  if (isForeign) return [{ providerSignature: [] }]
  if (scope === 'none') return []
  return [{ key: [scope] }, ...(orRecipient === true ? [{ recipientToken: [] }] : [])]
}

function requestOf(route: Route): NonNullable<Registered['request']> {
  const { body, stream, takesKey } = route
  const content =
    body !== undefined
      ? { 'application/json': { schema: body } }
      : Object.fromEntries(stream.map((type) => [type, { schema: streamSchema }]))
  return {
    params: route.params,
    query: route.query,
    ...(takesKey && { headers: idempotencyHeaders }),
    ...((body !== undefined || stream.length > 0) && { body: { required: !route.isBodyOptional, content } }),
  }
}

/** What is read as it comes is not held to the length of other bodies. */
const streamSchema = { type: 'string', maxLength: 1_073_741_824 } as const

const idempotencyHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(200)
    .regex(/^[!-~]+$/)
    .optional()
    .openapi({
      description: 'The same as `key` in the body: repeating the request with it changes nothing.',
    }),
})

function answersOf({ answers }: Route): Registered['responses'] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      {
        description: answer.description,
        headers: everyHeader,
        ...contentOf(answer),
      },
    ]),
  )
}

function contentOf({ schema, content = [] }: AnswerDefinition) {
  if (schema === undefined && content.length === 0) return {}
  const others = content.map((type) => [type, { schema: { type: 'string' as const } }] as const)
  return {
    content: {
      ...(schema !== undefined && { 'application/json': { schema } }),
      ...Object.fromEntries(others),
    },
  }
}

/** The codes a route can answer with, beside its own. */
function codesOf(route: Route): readonly ErrorCode[] {
  const takesBody = route.body !== undefined || route.stream.length > 0
  return [
    'REQUEST_INVALID',
    ...(route.scope === 'none' ? [] : (['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED'] as const)),
    ...(route.isForeign ? (['RATE_LIMITED'] as const) : []),
    ...(takesBody ? (['MEDIA_TYPE_UNSUPPORTED', 'BODY_TOO_LARGE'] as const) : []),
    'INTERNAL',
    'STORE_UNAVAILABLE',
    ...route.problems,
  ]
}

function problemsOf(route: Route): Registered['responses'] {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codesOf(route)) {
    const codes = byStatus.get(errorCodes[code]) ?? []
    if (!codes.includes(code)) byStatus.set(errorCodes[code], [...codes, code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        headers: status === 429 || status === 503 ? retryHeaders : everyHeader,
        content: { [problemType]: { schema: problemSchema } },
      },
    ]),
  )
}
