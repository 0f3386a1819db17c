import { InviteMeError } from '../model/error.ts'

/** Values of a query; those that are `undefined` are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** A path below the server's address; one with ids is written when the request is made, so that a wrong id rejects and does not throw. */
export type RequestPath = string | (() => string)

/**
 * Makes a path with ids in it: each is one segment, whatever characters it has.
 *
 * Writing it throws InviteMeError `REQUEST_INVALID`, field `id`, for what cannot be a segment: nothing, `.`, `..` (every URL parser
 * removes them, however they are written) and half characters.
 * @example path`/v1/recipients/${externalId}/export`
 */
export function path(fixed: TemplateStringsArray, ...ids: readonly string[]): RequestPath {
  return () => fixed.reduce((before, part, index) => `${before}${segment(ids[index - 1])}${part}`)
}

function segment(id: unknown): string {
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..' || !id.isWellFormed())
    throw new InviteMeError(
      'REQUEST_INVALID',
      'An id in the address must be a text that is not empty, "." or ".." and has no half characters.',
      { field: 'id' },
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

/** As the embedded engine takes it: 1 to 1,000, and anything else pulled to the nearest. */
function boundedLimit(wanted: number): number {
  const limit = Math.trunc(Number(wanted))
  return Number.isNaN(limit) ? 100 : Math.min(Math.max(limit, 1), 1_000)
}
