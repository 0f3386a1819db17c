import { errorCodes, InviteMeError, isInviteMeError, type ErrorCode } from '@invite-me/core'
import { z } from '@hono/zod-openapi'

/** The body of every refusal: a problem document (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:invite-me:error:REQUEST_INVALID' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().openapi({ description: 'What was wrong and what to do; one or two sentences.' }),
    code: z.string().openapi({ description: 'One of the documented error codes; never renamed.' }),
    field: z.string().optional().openapi({
      description:
        'What was wrong: a path in the body (`to.0`), `query.limit`, `path.id` or `header.authorization`.',
    }),
    requestId: z.string(),
  })
  .openapi('Problem')
/** See {@link problemSchema}. */
export type Problem = z.output<typeof problemSchema>

/** Media type of a {@link Problem}. */
export const problemType = 'application/problem+json'

/** Makes the problem document of an error. What was not thrown on purpose is told as `INTERNAL`, without its words. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (!isInviteMeError(error)) return problemOf(unexpected(), requestId)
  return {
    type: `urn:invite-me:error:${error.code}`,
    title: titleOf(error.code),
    status: errorCodes[error.code],
    detail: error.message,
    code: error.code,
    ...(error.field !== undefined && error.field !== '' && { field: error.field }),
    requestId,
  }
}

/** `RATE_LIMITED` → "Rate limited". */
export function titleOf(code: ErrorCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function unexpected(): InviteMeError {
  return new InviteMeError(
    'INTERNAL',
    'Something went wrong on our side. Nothing says that it was done; ask again before you repeat it.',
  )
}

/**
 * The same error as a caller of the HTTP interface wrote its fields: the engine's options are members of the body here.
 *
 * @param rename names by which the engine calls a member, with the body's own
 */
export function inBodyWords(error: unknown, rename: Readonly<Record<string, string>> = {}): unknown {
  if (!isInviteMeError(error) || error.field === undefined || error.field === '') return error
  const field = fieldInBody(error.field, rename)
  if (field === error.field) return error
  return new InviteMeError(error.code, error.message.replaceAll(`"${error.field}"`, `"${field}"`), {
    field,
    cause: error,
  })
}

function fieldInBody(field: string, rename: Readonly<Record<string, string>>): string {
  const [first = '', ...rest] = field.replace(/^options\./, '').split('.')
  return [rename[first] ?? first, ...rest].join('.')
}
