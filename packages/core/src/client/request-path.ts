import { InviteMeError } from '../model/error.ts'

/** Values of a query; those that are `undefined` are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** A path below the server's address. */
export type RequestPath = string | PathWithId

/** A path with an id in it, made by {@link path}. */
export interface PathWithId {
  /** What the caller calls the id, `externalId`: errors name it so. */
  readonly argument: string
  /** Whether it is the empty text, which is nobody's id and nothing's. */
  readonly isEmpty: boolean
  /** Called when the request is made, so that a wrong id rejects and does not throw. */
  readonly write: () => string
}

/**
 * Makes a path with an id in it, which is one segment whatever characters it has.
 *
 * Writing it throws InviteMeError `REQUEST_INVALID`, naming the argument, for what cannot be a segment: nothing, `.`, `..` (every URL
 * parser removes them, however they are written) and half characters.
 *
 * @param id by the name its caller calls it
 * @example path`/v1/recipients/${{ externalId }}/export`
 */
export function path(
  [before = '', after = '']: TemplateStringsArray,
  id: Readonly<Record<string, string>>,
): PathWithId {
  const [[argument, value] = ['id', undefined]] = Object.entries(id)
  return { argument, isEmpty: value === '', write: () => `${before}${segment(argument, value)}${after}` }
}

function segment(argument: string, id: unknown): string {
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..' || !id.isWellFormed())
    throw new InviteMeError(
      'REQUEST_INVALID',
      `"${argument}" is wrong: an id in the address must be a text that is not empty, "." or ".." and has no half characters.`,
      { field: argument },
    )
  return encodeURIComponent(id)
}

/** `?limit=10&after=…`, empty when nothing is given. */
export function writeQuery(query: Query): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? '' : `?${given.toString()}`
}

/** A place in a list as the server wants it back: base64url of the last row's id, or of an event's cursor. */
export function writeCursor(after: string | number): string {
  const bytes = new TextEncoder().encode(String(after))
  const base64 = btoa(String.fromCharCode(...bytes.subarray(0, 1_000)))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The part of a query that asks for a page. */
export function pageQuery(page: { readonly limit?: number; readonly after?: string | number } = {}): Query {
  const { limit, after } = page
  return {
    limit: limit === undefined ? undefined : boundedLimit(limit),
    after: after === undefined || after === '' ? undefined : writeCursor(after),
  }
}

/**
 * The same for events, whose cursors are numbers.
 * @throws InviteMeError `REQUEST_INVALID`, field `after`
 */
export function eventQuery(page: { readonly limit?: number; readonly after: number }): Query {
  if (Number.isSafeInteger(page.after) && page.after >= 0) return pageQuery(page)
  throw new InviteMeError('REQUEST_INVALID', '"after" must be a cursor: a whole number from 0 on.', {
    field: 'after',
  })
}

/** As the embedded engine takes it: 1 to 1,000, and anything else pulled to the nearest. */
function boundedLimit(wanted: number): number {
  const limit = Math.trunc(Number(wanted))
  return Number.isNaN(limit) ? 100 : Math.min(Math.max(limit, 1), 1_000)
}
