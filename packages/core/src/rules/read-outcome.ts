import { outcomeClassSchema, outcomeScopeSchema, type SendOutcome } from '../model/outcome.ts'

/** Longest pause a provider may ask for; afterwards it is asked again. */
const longestPauseMs = 86_400_000
/** Pause after a rate limit that does not say how long. */
const usualPauseMs = 60_000
const longestCode = 200
const longestDetail = 500
const longestId = 500
const longestAddress = 2_000
const mostIds = 100

/**
 * Reads what an adapter returned. Adapters come from anywhere and may be written without types, and one wrong value must
 * neither stop a delivery nor reach the store.
 *
 * @returns an outcome that keeps to its type: pauses of 0 to a day, lines cut and without control characters; `undefined`
 *   when the value tells nothing, so that nobody knows whether the message was sent
 */
export function readOutcome(value: unknown): SendOutcome | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const said = value as Readonly<Record<string, unknown>>
  const status = outcomeClassSchema.safeParse(said['status'])
  if (!status.success) return undefined
  const providerCode = readLine(said['providerCode'], longestCode)
  const detail = readLine(said['detail'], longestDetail)
  const told = {
    ...(providerCode !== undefined && { providerCode }),
    ...(detail !== undefined && { detail }),
  }
  const scope = outcomeScopeSchema.safeParse(said['scope']).data ?? 'provider'
  const pauseMs = pause(said['retryAfterMs'])
  switch (status.data) {
    case 'accepted': {
      const providerMessageId = readLine(said['providerMessageId'], longestId)
      const otherIds = lines(said['otherIds'])
      const movedTo = readLine(said['movedTo'], longestAddress)
      return {
        status: 'accepted',
        ...(providerMessageId !== undefined && { providerMessageId }),
        ...(otherIds.length > 0 && { otherIds }),
        ...(said['delivered'] === true && { delivered: true }),
        ...(movedTo !== undefined && { movedTo }),
        ...(detail !== undefined && { detail }),
      }
    }
    case 'rate_limited':
      return { status: 'rate_limited', scope, retryAfterMs: pauseMs ?? usualPauseMs, ...told }
    case 'retryable':
      return { status: 'retryable', scope, ...(pauseMs !== undefined && { retryAfterMs: pauseMs }), ...told }
    case 'unknown':
      return { status: 'unknown', scope, ...told }
    case 'permanent_recipient':
    case 'opted_out':
      return { status: status.data, scope: 'recipient', ...told }
    case 'permanent_content':
      return { status: 'permanent_content', scope: 'message', ...told }
    case 'permanent_config':
      return { status: 'permanent_config', scope: scope === 'sender' ? 'sender' : 'provider', ...told }
  }
}

/** Reads a line of text from an adapter: cut, without control characters; numbers are taken as their digits, anything else is left out. */
export function readLine(value: unknown, longest: number): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text === '') return undefined
  return text.slice(0, longest).replace(/[\0-\x1f\x7f]+/g, ' ')
}

function lines(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, mostIds).flatMap((id) => readLine(id, longestId) ?? [])
}

function pause(value: unknown): number | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined
  return Math.min(Math.max(0, Math.ceil(value)), longestPauseMs)
}
