import type { ErrorCode, InviteMe, Scope } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import type { AppWorld } from './app-world.ts'
import type { Caller, Door } from './authenticate.ts'

/** Methods a route may have; HEAD is answered by every GET. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** One request to a route, checked and parsed. */
export interface Call<Path, Query, Body> {
  readonly inviteMe: InviteMe
  readonly world: AppWorld
  /** Named parts of the path, decoded. */
  readonly path: Path
  readonly query: Query
  /** The JSON body; `undefined` for a route without one. */
  readonly body: Body
  readonly caller: Caller
  /** `Idempotency-Key`, where the route takes one. */
  readonly idempotencyKey: string | undefined
  /** The request itself, for routes that read its body as a stream. */
  readonly request: Request
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
  readonly requestId: string
}

/** One way a route answers well. */
export interface AnswerDefinition {
  readonly description: string
  /** Of the JSON body; absent: there is none, or it is described by `content`. */
  readonly schema?: z.ZodType
  /** Media types of a body that is not JSON, beside `schema` or instead of it. */
  readonly content?: readonly string[]
}

/** A value as a route may give it: what the engine returns is readonly, what a schema describes is not. */
export type DeepReadonly<Value> = Value extends Date
  ? Value
  : Value extends object
    ? { readonly [Member in keyof Value]: DeepReadonly<Value[Member]> }
    : Value

/** An answer a route gives: one of its statuses with the body described for it. */
export type RouteAnswer<Answers> = {
  [Status in keyof Answers & number]: Answers[Status] extends {
    readonly schema: infer Schema extends z.ZodType
  }
    ? { readonly status: Status; readonly body: DeepReadonly<z.output<Schema>> }
    : { readonly status: Status; readonly body?: undefined }
}[keyof Answers & number]

type NoMembers = z.ZodObject<Record<never, never>>

/** The named parts of a path. */
export type PathParts<Path extends string> = { readonly [Name in PartName<Path>]: string }
type PartName<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PartName<Rest>
  : never

/** A route as it is written down. */
export interface RouteDefinition<
  Path extends `/${string}`,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answers extends Readonly<Record<number, AnswerDefinition>>,
> extends Door {
  readonly method: Method
  /** `/v1/messages/{id}` */
  readonly path: Path
  /** `messages.get`: the operation's id in the description, and the action in the audit log. */
  readonly operation: string
  /** One line for the description. */
  readonly summary: string
  /** More for the description; Markdown. */
  readonly description?: string
  /** Of the named parts of the path; default each is a text of 1 to 200 characters. */
  readonly params?: z.ZodObject
  /** Of the query; all members are texts. Default none. */
  readonly query?: Query
  /** True when a provider calls: the query is its own and is not read, and the channel checks its signature. */
  readonly isForeign?: boolean
  /** Of the JSON body; default none is read. */
  readonly body?: Body
  /** True when the body may be absent; it then counts as `{}`. */
  readonly isBodyOptional?: boolean
  /** Media types of a body the handler reads itself, from `call.request`; no limit of size applies. */
  readonly stream?: readonly string[]
  /** True when `Idempotency-Key` is read. */
  readonly takesKey?: boolean
  /** True for an administrative act that is done piece by piece, so that some of it may be done when it fails: that is written to the audit log too. */
  readonly isGradual?: boolean
  /** True for a GET that is an administrative act all the same: whoever reads everything about a person is written down. */
  readonly isAudited?: boolean
  readonly answers: Answers
  /** Error codes of this route beside those every route has. */
  readonly problems?: readonly ErrorCode[]
  /** Names by which the engine calls members of the body, with the body's own: `{ content: 'question' }`. */
  readonly rename?: Readonly<Record<string, string>>
  /**
   * Codes of the engine for members of the body whose shape is checked before it is asked: `{ input: 'ANSWER_INVALID' }`. Default
   * `REQUEST_INVALID`.
   */
  readonly refusals?: Readonly<Record<string, ErrorCode>>
  /**
   * For routes with scope `admin` or `owner` that change something: what it was done to, for the audit log; an id, never an
   * address. Default the path's `id` or `externalId`, else the answer's `id`.
   */
  readonly auditTarget?: (
    call: Call<PathParts<Path>, z.output<Query>, z.output<Body>>,
    answer: RouteAnswer<Answers>,
  ) => string | null
  /** Asks the engine; a `Response` is passed on as it is. */
  readonly handle: (
    call: Call<PathParts<Path>, z.output<Query>, z.output<Body>>,
  ) => Promise<RouteAnswer<Answers> | Response>
}

/** A route, without the types of what goes in and out. */
export interface Route extends Door {
  readonly method: Method
  readonly path: `/${string}`
  readonly operation: string
  readonly scope: Scope | 'none'
  readonly summary: string
  readonly description?: string
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly isForeign: boolean
  readonly body: z.ZodType | undefined
  readonly isBodyOptional: boolean
  readonly stream: readonly string[]
  readonly takesKey: boolean
  readonly isGradual: boolean
  readonly isAudited: boolean
  readonly answers: Readonly<Record<number, AnswerDefinition>>
  readonly problems: readonly ErrorCode[]
  readonly rename: Readonly<Record<string, string>>
  readonly refusals: Readonly<Record<string, ErrorCode>>
  readonly auditTarget: (call: UntypedCall, answer: UntypedAnswer) => string | null
  readonly handle: (call: UntypedCall) => Promise<UntypedAnswer | Response>
}

/** A call whose parts were parsed by the schemas of its route. */
export type UntypedCall = Call<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>, unknown>
/** An answer of any route. */
export interface UntypedAnswer {
  readonly status: number
  readonly body?: unknown
}

/** Makes an answer of a route; without a body when none is given. */
export function reply<const Status extends number>(status: Status): { readonly status: Status }
export function reply<const Status extends number, const Body>(
  status: Status,
  body: Body,
): { readonly status: Status; readonly body: Body }
export function reply(status: number, body?: unknown): UntypedAnswer {
  return body === undefined ? { status } : { status, body }
}

const segment = z.string().min(1).max(200)

/**
 * Defines a route: what it takes, who may call it, how it answers, and the one method of the engine it calls.
 *
 * @example
 * export const getMessage = defineRoute({
 *   method: 'get', path: '/v1/messages/{id}', operation: 'messages.get', scope: 'read', summary: 'One message',
 *   answers: { 200: { description: 'The message', schema: messageSchema } },
 *   problems: ['MESSAGE_UNKNOWN'],
 *   handle: async ({ inviteMe, path: { id } }) => reply(200, found(await inviteMe.messages.get(id), 'MESSAGE_UNKNOWN')),
 * })
 */
export function defineRoute<
  const Path extends `/${string}`,
  Query extends z.ZodObject = NoMembers,
  Body extends z.ZodType = z.ZodUndefined,
  const Answers extends Readonly<Record<number, AnswerDefinition>> = Record<number, AnswerDefinition>,
>(definition: RouteDefinition<Path, Query, Body, Answers>): Route {
  const {
    params,
    query,
    isForeign,
    body,
    isBodyOptional,
    stream,
    takesKey,
    isGradual,
    isAudited,
    problems,
    rename,
    refusals,
    auditTarget,
    handle,
    ...rest
  } = definition
  return {
    ...rest,
    params: params ?? paramsOf(definition.path),
    query: query ?? z.strictObject({}),
    isForeign: isForeign ?? false,
    body,
    isBodyOptional: isBodyOptional ?? false,
    stream: stream ?? [],
    takesKey: takesKey ?? false,
    isGradual: isGradual ?? false,
    isAudited: isAudited ?? false,
    problems: problems ?? [],
    rename: rename ?? {},
    refusals: refusals ?? {},
    // The pipeline parses every part with the schemas given here before it calls; the types are proven there.
    auditTarget: (auditTarget as Route['auditTarget'] | undefined) ?? usualTarget,
    handle: handle as Route['handle'],
  }
}

/** Names of the parts of a path: `['id']`. */
export function partsOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
}

function paramsOf(path: string): z.ZodObject {
  return z.strictObject(Object.fromEntries(partsOf(path).map((name) => [name, segment])))
}

function usualTarget({ path }: UntypedCall, { body }: UntypedAnswer): string | null {
  const made = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined
  const target = path['id'] ?? path['externalId'] ?? path['name'] ?? made
  return typeof target === 'string' ? target : null
}
