import { closestIssue, InviteMeError, type ErrorCode } from '@invite-me/core'
import type { z } from 'zod'
import { unstorable } from './plain-json.ts'

/**
 * Parses one part of a request.
 *
 * @param place `query`, `path` or `header`; `''` for the body, whose members are named without it
 * @param refusals codes for members that have one of their own
 * @throws InviteMeError `REQUEST_INVALID` or a code of `refusals`, naming the field
 */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: '' | 'query' | 'path' | 'header',
  refusals: Readonly<Record<string, ErrorCode>> = {},
): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: false })
  if (parsed.success) return parsed.data
  const { issue, path } = closestIssue(parsed.error.issues[0], [])
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const field = [place, ...path, ...unknown]
    .map(String)
    .filter((part) => part !== '')
    .join('.')
  const problem = unknown.length > 0 ? 'there is no such member' : problemOf(issue, valueAt(value, path))
  throw new InviteMeError(
    codeOf(path[0], refusals),
    `The request was refused: "${field === '' ? 'body' : field}" is wrong: ${problem}.`,
    { field: field === '' ? 'body' : field, cause: parsed.error },
  )
}

function codeOf(member: PropertyKey | undefined, refusals: Readonly<Record<string, ErrorCode>>): ErrorCode {
  const own = typeof member === 'string' && Object.hasOwn(refusals, member) ? refusals[member] : undefined
  return own ?? 'REQUEST_INVALID'
}

/** JSON has no `undefined`: what a caller did not say is missing, whatever could have stood there. */
function problemOf(issue: z.core.$ZodIssue | undefined, given: unknown): string {
  return given === undefined ? 'it is missing' : (issue?.message ?? 'unknown problem')
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (whole, name) => (whole as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[name],
    value,
  )
}

/**
 * The query of an address as an object of texts.
 *
 * @throws InviteMeError `REQUEST_INVALID` for a name given twice, and for text that cannot be stored
 */
export function queryOf(url: string): Readonly<Record<string, string>> {
  const query = new Map<string, string>()
  if (!url.includes('?')) return {}
  for (const [name, value] of new URL(url).searchParams) {
    if (query.has(name)) throw wrongText(`query.${name.slice(0, 100)}`, 'it is given twice')
    refuseUnstorable(value, `query.${name.slice(0, 100)}`)
    query.set(name, value)
  }
  return Object.fromEntries(query)
}

/**
 * The named parts of a path, decoded.
 * @throws InviteMeError `REQUEST_INVALID` for text that cannot be stored
 */
export function pathOf(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return storable(parameters, 'path')
}

/**
 * Texts of a path or a query, as they are.
 * @throws InviteMeError `REQUEST_INVALID` for text that cannot be stored
 */
export function storable(
  texts: Readonly<Record<string, string>>,
  place: 'path' | 'query',
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(texts)) refuseUnstorable(value, `${place}.${name.slice(0, 100)}`)
  return texts
}

function refuseUnstorable(text: string, field: string): void {
  const problem = unstorable(text)
  if (problem !== undefined) throw wrongText(field, problem)
}

function wrongText(field: string, problem: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `The request was refused: "${field}" is wrong: ${problem}.`, {
    field,
  })
}
