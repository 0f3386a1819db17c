import type { App } from '@invite-me/server/app'
import { aNewOne, person } from './served-api.ts'
import { oneAtATime, simplest, type Schema } from './specmatic-one-at-a-time.ts'

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
/** A description, as far as it is changed here. */
export interface SpecmaticDocument {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, Schema> }
}

/**
 * The description as Specmatic can follow it, for requests that break it one thing at a time. What else such a request says is right,
 * so that nothing but what is broken can be the reason for a refusal.
 *
 * @param broken `parameters`: of queries and headers · `bodies`: every member of them. Operations that have none are left out. Both
 * at once would be every wrong parameter beside every right body.
 */
export function documentForWrongRequests(
  document: App['document'],
  broken: 'parameters' | 'bodies',
): SpecmaticDocument {
  const made = copyOf(document)
  const { schemas } = made.components
  // The first shape of those it may have, a text, is somebody who has to be known.
  for (const name of ['SendBody', 'AskBody']) {
    const properties = propertiesOf(made, name)
    properties['to'] = { anyOf: [somebody, properties['to'] ?? {}] }
  }
  schemas['KeyBody'] = { oneOf: keyBodies }
  nameThingsInPaths(made)
  for (const { operation, path } of operationsOf(made)) {
    operation.parameters = rightElsewhere(operation.parameters ?? [], path)
    const body = operation.requestBody?.content['application/json']
    if (broken === 'parameters') {
      if (body !== undefined) body.schema = simplest(body.schema, schemas, knownChannel)
    } else {
      operation.parameters = operation.parameters.filter(({ required }) => required)
      if (body !== undefined) body.schema = oneAtATime(body.schema, schemas, knownChannel)
    }
  }
  keepOperations(made, ({ parameters = [], requestBody }) =>
    broken === 'bodies'
      ? requestBody?.content['application/json'] !== undefined
      : // A list of people is no JSON that could be made of a schema; text that is too long for it is more than anybody can make here.
        parameters.length > 0 && isJsonOrNothing(requestBody),
  )
  return made
}

/**
 * Writes what a path names into the path itself, where nobody can break it: another name is as right as any, but of nothing that is
 * there.
 */
function nameThingsInPaths({ paths }: SpecmaticDocument): void {
  for (const [path, item] of Object.entries(paths)) {
    delete paths[path]
    paths[path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => thingsInPaths[name] ?? aNewOne)] = item
    for (const operation of Object.values(item))
      operation.parameters = (operation.parameters ?? []).filter((parameter) => parameter.in !== 'path')
  }
}

const thingsInPaths: Readonly<Record<string, string>> = {
  externalId: person,
  name: 'email',
  topic: 'group:7',
}

/** Parameters beside which what is broken is the one reason for a refusal. */
function rightElsewhere(parameters: readonly Parameter[], path: string): Parameter[] {
  return parameters.map((parameter) => {
    // A number in a query is text, and a wait may be a bare number.
    if (parameter.name === 'wait') return { ...parameter, schema: text(0, 20) }
    // Only a person's own token says whose inbox it is.
    return path.startsWith('/v1/inbox') && parameter.name === 'address'
      ? { ...parameter, required: true }
      : parameter
  })
}

function isJsonOrNothing(requestBody: Operation['requestBody']): boolean {
  return requestBody === undefined || requestBody.content['application/json'] !== undefined
}

function keepOperations({ paths }: SpecmaticDocument, isKept: (operation: Operation) => boolean): void {
  for (const [path, item] of Object.entries(paths)) {
    const kept = Object.entries(item).filter(([, operation]) => isKept(operation))
    if (kept.length === 0) delete paths[path]
    else paths[path] = Object.fromEntries(kept)
  }
}

/**
 * The description as Specmatic can follow it, for requests that keep to it. What JSON Schema cannot say (that somebody must be
 * known, that a cursor was given out, that an end comes after its start) is said by values that are right.
 */
export function documentForRightRequests(document: App['document']): SpecmaticDocument {
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
  // More than are asked cannot answer, and Specmatic makes no number that can be only one.
  delete propertiesOf(made, 'AskBody')['quorum']
  const { schemas } = made.components
  schemas['KeyBody'] = { oneOf: keyBodies }
  schemas['AnswerInput'] = answerInput
  // No template was saved.
  const said = schemas['ContentInput']?.['anyOf'] as readonly Schema[]
  const words = said.filter((shape) => !('template' in ((shape['properties'] ?? {}) as object)))
  if (words.length !== said.length - 1) throw new Error('The description says another way what is said.')
  schemas['ContentInput'] = { anyOf: words }
  // That a window does not end where it begins.
  const preferences = propertiesOf(made, 'RecipientBody')['preferences']?.['properties'] as Record<
    string,
    Schema
  >
  preferences['window'] = {
    anyOf: [one('any'), members({ from: one('09:00'), to: one('21:00', '24:00') }, 'from', 'to')],
  }
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
/** By an address, and so without having been met. */
const somebody = members({ routes: members({ email: text(1, 100) }, 'email') }, 'routes')
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
/** What is understood as an answer hangs on the question, which is answered by yes or no here. */
const answerInput = {
  oneOf: [
    members({ kind: one('text'), text: text(0, 20_000) }, 'kind', 'text'),
    members({ kind: one('option'), value: text(0, 100) }, 'kind', 'value'),
    members({ kind: one('value'), value: { type: 'boolean' } }, 'kind', 'value'),
  ],
}
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
  if (knownChannel(value) === channel) return channel
  return pattern.endsWith('(ms|s|m|h|d|w)$') ? one('30m', '2d') : value
}

/** A channel there is, where any is wanted. */
function knownChannel(schema: Schema): Schema {
  const { pattern } = schema
  return typeof pattern === 'string' && pattern.startsWith('^[a-z][a-z0-9]*(-') ? channel : schema
}

/**
 * What Specmatic is not told of yet. They name things that must be there (a template, a schedule, a segment, a question that was
 * asked), or take what JSON Schema does not say (a cron time, a filter within a filter, a list of lines); their own tests ask them
 * wrongly.
 */
const notAsked = [
  '/v1/messages/{id}/answers',
  '/v1/messages/{id}/quorum',
  '/v1/messages/{id}/tallies',
  '/v1/messages/{id}/tally',
  '/v1/recipients/{externalId}/preferences',
  '/v1/schedules/{name}',
  '/v1/schedules/{name}/disable',
  '/v1/schedules/{name}/enable',
  '/v1/schedules/{name}/next',
  '/v1/schedules/{name}/run',
  '/v1/schedules/{name}/runs',
  '/v1/segments/count',
  '/v1/segments/preview',
  '/v1/segments/{name}',
  '/v1/segments/{name}/count',
  '/v1/segments/{name}/preview',
  '/v1/suppressions/import',
  '/v1/templates/{name}',
  '/v1/templates/{name}/preview',
  '/v1/templates/{name}/versions',
]

function copyOf(document: App['document']): SpecmaticDocument {
  // JSON is what it becomes anyway; its own type knows every way in which any description may be written.
  const made: SpecmaticDocument = JSON.parse(JSON.stringify(document))
  // What a provider sends is signed as only that provider knows.
  delete made.paths['/v1/hooks/{channel}']
  for (const path of notAsked) {
    if (made.paths[path] === undefined) throw new Error(`The description has no ${path} any more.`)
    delete made.paths[path]
  }
  // A stream does not end.
  for (const { operation } of operationsOf(made))
    for (const { content } of Object.values(operation.responses)) delete content?.['text/event-stream']
  return made
}

/** The operations a description has, `POST /v1/messages`. */
export function operationNamesOf(document: SpecmaticDocument): readonly string[] {
  return operationsOf(document).map(({ method, path }) => `${method.toUpperCase()} ${path}`)
}

function propertiesOf({ components }: SpecmaticDocument, name: string): Record<string, Schema> {
  return (components.schemas[name]?.['properties'] ?? {}) as Record<string, Schema>
}

function operationsOf({ paths }: SpecmaticDocument) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
}
