import { fieldOfCaller, type BodyNames } from './caller-field.ts'
import type { Deadline } from './deadline.ts'
import type { Reader } from './readers.ts'
import { isWritable } from './request-body.ts'
import type { Query, RequestPath } from './request-path.ts'
import { InviteMeError } from '../model/error.ts'

/** One request to the server. */
export interface Call<Value> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Made with `path`: ids in it are escaped. */
  readonly path: RequestPath
  readonly query?: Query
  /** Sent as JSON. */
  readonly body?: unknown
  /** How the caller calls the members of the body; default by the same names. */
  readonly bodyNames?: BodyNames
  /**
   * Sent as NDJSON while it is made; such a request is never tried again. It holds the deadline while it waits for its source, which
   * may take as long as it likes; the server may not.
   */
  readonly stream?: (deadline: Deadline) => ReadableStream<Uint8Array<ArrayBuffer>>
  /** True when doing it twice does no more than doing it once. Default: true for GET. */
  readonly isRepeatable?: boolean
  /** How long the server may wait before it answers; asked for as `wait`. */
  readonly waitMs?: number
  /** True for a part of a wait: trouble is sat out for the `patience` of the client. */
  readonly isPatient?: boolean
  readonly signal?: AbortSignal | undefined
  /** Reads what came. Default: the answer has no body. */
  readonly read?: Reader<Value>
  /** What a 404 with this code means instead of an error; also for an id that nothing can have. */
  readonly absent?: { readonly code: InviteMeError['code']; readonly value: Value }
}

/** The body of a request and what `fetch` must know of it. */
export function bodyOf(call: Call<unknown>, deadline: Deadline): RequestInit {
  const { body, stream } = call
  // Node and browsers ask for `duplex` beside a stream (WHATWG Fetch §5.4); the types of Node do not know it everywhere.
  if (stream !== undefined) return { body: stream(deadline), duplex: 'half' } as RequestInit
  return body === undefined ? {} : { body: writeJson(call) }
}

/** Media type of the body; `undefined` when there is none. */
export function bodyType({ body, stream }: Call<unknown>): string | undefined {
  if (stream !== undefined) return 'application/x-ndjson'
  return body === undefined ? undefined : 'application/json'
}

function writeJson(call: Call<unknown>): string {
  const { body } = call
  try {
    return JSON.stringify(body)
  } catch (cause) {
    const member = Object.entries(body ?? {}).find(([, value]) => !isWritable(value))?.[0]
    const field = member === undefined ? '' : fieldOfCaller(member, call)
    throw new InviteMeError(
      'REQUEST_INVALID',
      `${field === '' ? 'The request' : `"${field}"`} cannot be written as JSON: it is endless, or holds a bigint.`,
      { field, cause },
    )
  }
}
