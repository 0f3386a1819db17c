import type { Call } from './call.ts'
import { readProblem } from './read-problem.ts'
import { UnexpectedShape } from './readers.ts'
import { readRetryAfter, type Trouble } from './retry-rule.ts'
import { InviteMeError } from '../model/error.ts'

/** How one try of a request ended. */
export type Try<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly error: InviteMeError }

/** An answer, its body read. */
export interface Reply {
  readonly response: Response
  readonly text: string
}

/** Whose answer it is, and when it came. */
export interface ReplyPlace {
  readonly url: string
  readonly nowMs: number
}

/** Makes of an answer what was asked for, or what went wrong. */
export function readReply<Value>(call: Call<Value>, reply: Reply, place: ReplyPlace): Try<Value> {
  return reply.response.ok ? readValue(call, reply, place) : readRefusal(call, reply, place)
}

/** Trouble with a server that brought nothing to use. */
export function unusable(
  url: string,
  problem: string,
  { cause, trouble = { kind: 'unreachable' } }: { readonly cause?: unknown; readonly trouble?: Trouble },
): Try<never> {
  const error = new InviteMeError(
    'SERVER_UNREACHABLE',
    `The server at ${url} cannot be used: ${problem}. Check the address, and whether the server runs.`,
    cause === undefined ? {} : { cause },
  )
  return { kind: 'trouble', trouble, error }
}

function readValue<Value>(call: Call<Value>, { response, text }: Reply, { url }: ReplyPlace): Try<Value> {
  if (call.read === undefined) return { kind: 'done', value: undefined as Value }
  try {
    const body: unknown = response.status === 204 ? undefined : JSON.parse(text)
    return { kind: 'done', value: call.read(body, 'answer') }
  } catch (cause) {
    const problem =
      cause instanceof UnexpectedShape
        ? `its answer is not what it must be: ${cause.message}`
        : `it answered ${String(response.status)} with something that is no JSON`
    return unusable(url, problem, { cause })
  }
}

function readRefusal<Value>(call: Call<Value>, { response, text }: Reply, place: ReplyPlace): Try<Value> {
  const { status, headers } = response
  const trouble = {
    kind: 'refused',
    status,
    retryAfterMs: readRetryAfter(headers.get('retry-after'), place.nowMs),
  } as const
  const error = readProblem(status, parsed(text), call)
  if (error === undefined)
    return unusable(place.url, `something that is no invite-me server answered ${String(status)}`, {
      trouble,
    })
  if (call.absent !== undefined && isAbsence(call, status, error))
    return { kind: 'done', value: call.absent.value }
  return { kind: 'trouble', trouble, error }
}

/** Nothing is there; nor under an id that is too long for any, or has characters none has. */
function isAbsence({ absent, path }: Call<unknown>, status: number, { code, field }: InviteMeError): boolean {
  if (status === 404) return code === absent?.code
  return code === 'REQUEST_INVALID' && typeof path !== 'string' && field === path.argument
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
