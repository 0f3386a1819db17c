import { fieldOfCaller, type NamedRequest } from './caller-field.ts'
import { errorCodes, InviteMeError, type ErrorCode } from '../model/error.ts'

/** Codes for refusals this client has no name for: a newer server, or a proxy that speaks problem documents too. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  415: 'MEDIA_TYPE_UNSUPPORTED',
  422: 'REQUEST_INVALID',
  429: 'RATE_LIMITED',
}
const longestDetail = 2_000

/**
 * Makes the error a server told again: same code, sentence and field as if it was thrown here. The cause holds the status and the
 * request's id, to be found in the server's log.
 *
 * @param body the answer's JSON
 * @param request what was refused, so that the field is named as its caller does
 * @returns `undefined` when it is no problem document (RFC 9457)
 */
export function readProblem(status: number, body: unknown, request: NamedRequest): InviteMeError | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { code, detail, field, requestId } = body as Readonly<Record<string, unknown>>
  if (typeof code !== 'string' || typeof detail !== 'string') return undefined
  const told = detail.slice(0, longestDetail)
  const own = typeof field === 'string' ? fieldOfCaller(field, request) : undefined
  const sentence = own === undefined || own === '' ? told : told.replaceAll(`"${String(field)}"`, `"${own}"`)
  return new InviteMeError(knownCode(code, status), sentence, {
    ...(own !== undefined && { field: own }),
    cause: { status, ...(typeof requestId === 'string' && { requestId }) },
  })
}

function knownCode(code: string, status: number): ErrorCode {
  return Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : (codeOfStatus[status] ?? 'INTERNAL')
}
