import type { App } from '@invite-me/server/app'
import { aNewOne, person } from './served-api.ts'

type Schema = Readonly<Record<string, unknown>>
interface Parameter {
  readonly name: string
  readonly in: string
  required: boolean
  schema: Schema
}
interface Operation {
  parameters?: Parameter[]
  readonly requestBody?: { readonly content: Record<string, { schema: Schema }> }
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>
}
interface Described {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, Schema> }
}

/**
 * The description as Specmatic can follow it, for requests that break it one thing at a time. Nothing is added; left out is what it
 * cannot ask about.
 */
export function documentForWrongRequests(document: App['document']): object {
  const made = copyOf(document)
  for (const { operation } of operationsOf(made)) {
    // A number in a query is text, and a wait may be a bare number.
    for (const parameter of operation.parameters ?? [])
      if (parameter.name === 'wait') parameter.schema = text(0, 20)
  }
  // A text too long for it is more than anybody can make here.
  delete made.paths['/v1/recipients/import']
  return made
}

/**
 * The description as Specmatic can follow it, for requests that keep to it. What JSON Schema cannot say (that somebody must be
 * known, that a cursor was given out, that an end comes after its start) is said by values that are right.
 */
export function documentForRightRequests(document: App['document']): object {
  const made = copyOf(document)
  for (const { operation, method, path } of operationsOf(made)) giveRightParameters(operation, method, path)
  for (const [place, schema] of Object.entries(rightMembers)) {
    const [name = '', member = ''] = place.split('.')
    const parent = propertiesOf(made, name)
    if (parent[member] === undefined) throw new Error(`The description has no ${place} any more.`)
    parent[member] = schema
  }
  // Whether an answer comes in time is for people to say.
  for (const path of ['/v1/messages', '/v1/invitations']) {
    const { post } = made.paths[path] ?? {}
    delete post?.responses['200']
    if (post !== undefined) post.parameters = []
  }
  // The same one would come again with another request.
  for (const name of ['SendBody', 'AskBody']) delete propertiesOf(made, name)['key']
  made.components.schemas['KeyBody'] = { oneOf: keyBodies }
  const list = made.paths['/v1/recipients/import']?.['post']?.requestBody?.content ?? {}
  list['application/x-ndjson'] = { schema: one('{"externalId":"ann","routes":{"email":"ann@guests.test"}}') }
  list['text/csv'] = { schema: one('externalId,email\nann,ann@guests.test\n') }
  // What may be of one shape or another it makes of both at once, where the description says `anyOf`.
  const written = JSON.stringify(made).replaceAll('"anyOf":', '"oneOf":')
  return JSON.parse(written, (_name, value: unknown) => rightValue(value))
}

const one = (...values: readonly string[]): Schema => ({ type: 'string', enum: values })
const text = (minLength: number, maxLength: number): Schema => ({ type: 'string', minLength, maxLength })
const members = (properties: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const channel = one('email', 'telegram', 'in-app')
const routes = members({ email: text(1, 100), telegram: text(1, 100) }, 'email')
const key = { name: text(1, 100), expiresAt: one('2999-01-05T09:00:00Z') }
/** Either a role or scopes. */
const keyBodies = [
  members({ ...key, role: one('viewer', 'sender', 'admin', 'owner') }, 'name', 'role'),
  members(
    {
      ...key,
      scopes: {
        type: 'array',
        minItems: 1,
        maxItems: 5,
        items: one('send', 'read', 'live', 'admin', 'owner'),
      },
    },
    'name',
    'scopes',
  ),
]
const to = { anyOf: [one(person), members({ name: text(1, 200), routes }, 'routes')] }

/** What members must be beside their schemas, by their places among the components. */
const rightMembers: Readonly<Record<string, Schema>> = {
  'SendBody.to': to,
  'AskBody.to': to,
  'SendBody.until': one('2d', '36h'),
  'AskBody.until': one('2d', '36h'),
  'AskBody.answer': {
    oneOf: [
      members({ type: one('yesNo') }, 'type'),
      members({ type: one('text'), maxLength: { type: 'integer', minimum: 1, maximum: 10_000 } }, 'type'),
      members(
        { type: one('number'), min: { type: 'number', maximum: 0 }, max: { type: 'number', minimum: 1 } },
        'type',
      ),
      members({ type: one('date'), earliest: one('2027-01-05'), latest: one('2027-01-06') }, 'type'),
      members({ type: one('rsvp'), maxParty: { type: 'integer', minimum: 1, maximum: 100 } }, 'type'),
    ],
  },
  'CalendarInput.start': one('2027-01-05T19:00:00Z'),
  'CalendarInput.end': one('2027-01-05T21:00:00Z'),
  'RecipientBody.externalId': one(person),
  'RecipientBody.locale': one('pt-BR'),
  'RecipientBody.zone': one('Europe/Berlin'),
  'RecipientBody.routes': {
    anyOf: [
      routes,
      {
        type: 'array',
        maxItems: 3,
        items: members({ channel, address: text(1, 100) }, 'channel', 'address'),
      },
    ],
  },
  'ConnectBody.channel': one('telegram'),
  'SendBody.mode': one('queued'),
  'TokenBody.expiresIn': one('1h', '24h'),
  'TokenBody.topics': { type: 'array', maxItems: 100, items: one('group:7', 'event:42') },
  'WebhookBody.url': one('https://example.org/hooks'),
  'WebhookChanges.url': one('https://example.org/hooks'),
}

/** Parameters by their names: what a text alone does not say. */
const rightParameters: Readonly<Record<string, Schema>> = {
  id: one(aNewOne),
  itemId: one(aNewOne),
  externalId: one(person),
  name: channel,
  channel: one('in-app'),
  address: one(person),
  // The cursor of the first event, after which rows can be read as well.
  after: one('MQ'),
  // Nothing more happens, so there is nothing to wait for.
  wait: one('1ms'),
  encoding: one('utf-8', 'windows-1252'),
}

function giveRightParameters(operation: Operation, method: string, path: string): void {
  // Given in both places they must be the same.
  operation.parameters = (operation.parameters ?? []).filter(({ name }) => name !== 'Idempotency-Key')
  for (const parameter of operation.parameters) {
    parameter.schema = rightParameters[parameter.name] ?? parameter.schema
    if (parameter.name === 'topic') parameter.schema = one(method === 'get' ? `user:${person}` : 'group:7')
    // Only a person's own token says whose inbox it is.
    if (path.startsWith('/v1/inbox') && parameter.name === 'address') parameter.required = true
  }
}

/** What is right wherever such a schema stands: a channel there is, a length of time within all limits, an address. */
function rightValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value)) return value
  const { pattern, format } = value as Schema
  if (format === 'uri') return one('https://example.org/menu')
  if (typeof pattern !== 'string') return value
  if (pattern.startsWith('^[a-z][a-z0-9]*(-')) return channel
  return pattern.endsWith('(ms|s|m|h|d|w)$') ? one('30m', '2d') : value
}

function copyOf(document: App['document']): Described {
  // JSON is what it becomes anyway; its own type knows every way in which any description may be written.
  const made: Described = JSON.parse(JSON.stringify(document))
  // What a provider sends is signed as only that provider knows.
  delete made.paths['/v1/hooks/{channel}']
  // A stream does not end.
  for (const { operation } of operationsOf(made))
    for (const { content } of Object.values(operation.responses)) delete content?.['text/event-stream']
  return made
}

function propertiesOf({ components }: Described, name: string): Record<string, Schema> {
  return (components.schemas[name]?.['properties'] ?? {}) as Record<string, Schema>
}

function operationsOf({ paths }: Described) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
}
