import type { OutcomeClass, SendOutcome } from '@invite-me/core/channel'
import { outcomeOfSilence, retryAfterMs, type HttpReply } from '../shared/http.ts'
import { atPointer } from './json-pointer.ts'

/** A value JSON writes in one way only. */
export type Scalar = string | number | boolean | null

/** How to read what a described system answers. */
export interface ReplyDescription {
  readonly success: {
    readonly status?: readonly number[] | undefined
    /** A JSON Pointer whose value must be `equals`, or just be there. */
    readonly at?: string | undefined
    readonly equals?: Scalar | undefined
  }
  readonly messageId?: string | undefined
  readonly errorCode?: string | undefined
  /** The first that fits decides. */
  readonly errors: readonly ErrorRow[]
  readonly retryAfter?: { readonly at: string; readonly unit: 's' | 'ms' } | undefined
}

/** One row of the table of errors; all its conditions must hold. */
export interface ErrorRow {
  readonly status?: number | undefined
  readonly at?: string | undefined
  readonly equals?: Scalar | undefined
  readonly outcome: Exclude<OutcomeClass, 'accepted'>
  readonly detail?: string | undefined
}

type Answered = Extract<HttpReply, { ok: true }>
const longestPauseMs = 86_400_000
const usualPauseMs = 60_000

/**
 * Sorts an answer into the outcome classes: by the table of errors first, then by whether it is a success, then by its
 * status.
 *
 * @param fallbackId what the message is known by when the answer holds no id
 * @param now Unix ms
 */
export function classifyReply(
  reply: HttpReply,
  description: ReplyDescription,
  { fallbackId, now }: { readonly fallbackId: string; readonly now: number },
): SendOutcome {
  if (!reply.ok) return outcomeOfSilence(reply)
  const document = readJson(reply.body)
  const row = description.errors.find((error) => fits(error, reply.status, document))
  const told = { providerCode: codeOf(document, description.errorCode) ?? String(reply.status) }
  const pauseMs = pauseIn(reply, document, description, now)
  if (row !== undefined) return outcomeOf(row.outcome, { ...told, ...detailOf(row) }, pauseMs)
  if (isSuccess(reply.status, document, description.success))
    return { status: 'accepted', providerMessageId: idIn(document, description.messageId) ?? fallbackId }
  return { ...byStatus(reply.status, pauseMs), ...told }
}

function fits({ at, equals, status }: Omit<ErrorRow, 'outcome'>, given: number, document: unknown): boolean {
  if (status !== undefined && status !== given) return false
  return at === undefined || holds(document, at, equals)
}

/** Whether a value is there, and, where one is given, the one wanted. */
function holds(document: unknown, at: string, equals: Scalar | undefined): boolean {
  const value = atPointer(document, at)
  return equals === undefined ? value !== undefined && value !== null : value === equals
}

function isSuccess(
  status: number,
  document: unknown,
  { at, equals, status: wanted }: ReplyDescription['success'],
): boolean {
  const isRight = wanted === undefined ? status >= 200 && status < 300 : wanted.includes(status)
  return isRight && (at === undefined || holds(document, at, equals))
}

function outcomeOf(
  outcome: ErrorRow['outcome'],
  told: { readonly providerCode: string; readonly detail?: string },
  pauseMs: number | undefined,
): SendOutcome {
  switch (outcome) {
    case 'retryable':
      return {
        ...told,
        status: outcome,
        scope: 'provider',
        ...(pauseMs !== undefined && { retryAfterMs: pauseMs }),
      }
    case 'rate_limited':
      return { ...told, status: outcome, scope: 'sender', retryAfterMs: pauseMs ?? usualPauseMs }
    case 'permanent_recipient':
    case 'opted_out':
      return { ...told, status: outcome, scope: 'recipient' }
    case 'permanent_config':
      return { ...told, status: outcome, scope: 'sender' }
    case 'permanent_content':
      return { ...told, status: outcome, scope: 'message' }
    case 'unknown':
      return { ...told, status: outcome, scope: 'provider' }
  }
}

/** What a status means where nothing else was described (RFC 9110 §15, RFC 6585 §4). */
function byStatus(status: number, pauseMs: number | undefined): SendOutcome {
  const pause = pauseMs === undefined ? {} : { retryAfterMs: pauseMs }
  if (status === 429)
    return {
      status: 'rate_limited',
      scope: 'sender',
      retryAfterMs: pauseMs ?? usualPauseMs,
      detail: 'the system asks to send more slowly',
    }
  if (status >= 500 || status === 408 || status === 425)
    return { status: 'retryable', scope: 'provider', ...pause, detail: 'the system is unwell' }
  if (status < 300)
    return { status: 'permanent_content', scope: 'message', detail: 'the system did not take this message' }
  if (status === 400 || status === 413 || status === 422)
    return { status: 'permanent_content', scope: 'message', detail: 'the system refuses this message' }
  const detail =
    status === 401 || status === 403
      ? 'the system refuses the credentials'
      : 'the system knows no such request'
  return { status: 'permanent_config', scope: 'sender', detail }
}

function pauseIn(
  { headers }: Answered,
  document: unknown,
  { retryAfter }: ReplyDescription,
  now: number,
): number | undefined {
  const value = retryAfter === undefined ? undefined : Number(atPointer(document, retryAfter.at))
  if (value === undefined || !Number.isFinite(value) || value < 0) return retryAfterMs(headers, now)
  return Math.min(Math.ceil(retryAfter?.unit === 'ms' ? value : value * 1_000), longestPauseMs)
}

function idIn(document: unknown, pointer: string | undefined): string | undefined {
  const id = pointer === undefined ? undefined : atPointer(document, pointer)
  if (typeof id === 'number') return String(id)
  return typeof id === 'string' && id !== '' && id.length <= 500 ? id : undefined
}

/** Only what looks like a code is repeated; a sentence may hold anything. */
function codeOf(document: unknown, pointer: string | undefined): string | undefined {
  const code = pointer === undefined ? undefined : atPointer(document, pointer)
  const text = typeof code === 'number' ? String(code) : code
  return typeof text === 'string' && /^[\w.:-]{1,60}$/.test(text) ? text : undefined
}

function detailOf({ detail }: ErrorRow): { readonly detail?: string } {
  return detail === undefined ? {} : { detail }
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
