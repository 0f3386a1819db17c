import { InviteMeError, type Page } from '@invite-me/core'

/** Rows of a page when the caller does not say; the engine's own default. */
export const defaultLimit = 100
const encoded = /^[A-Za-z0-9_-]{1,400}$/

/** A page of a list as it goes over the wire. */
export interface PageAnswer<Item> {
  readonly items: readonly Item[]
  /** Give it as `after` for the next page; `null` when this was the last one. */
  readonly next: string | null
}

/** What a list's query asks for; see `pageQuery` in `wire/page.ts`. */
export interface PageQuery {
  readonly limit?: number | undefined
  readonly after?: string | undefined
}

/** Hides what a page begins after, so that nobody builds cursors by hand. */
export function encodeCursor(after: string | number): string {
  return Buffer.from(String(after), 'utf8').toString('base64url')
}

/**
 * Reads a cursor back.
 * @throws InviteMeError `REQUEST_INVALID` naming `query.after`, for anything {@link encodeCursor} did not make
 */
export function decodeCursor(cursor: string): string {
  const text = encoded.test(cursor) ? Buffer.from(cursor, 'base64url').toString('utf8') : ''
  if (text === '' || /[^\x21-\x7e]/.test(text) || encodeCursor(text) !== cursor) throw wrongCursor()
  return text
}

/** The same for a cursor of events, which is a whole number. */
export function decodeEventCursor(cursor: string): number {
  const text = decodeCursor(cursor)
  if (!/^\d{1,15}$/.test(text)) throw wrongCursor()
  return Number(text)
}

/** The page of the engine a query asks for. */
export function pageOf({ limit = defaultLimit, after }: PageQuery): Page & { readonly limit: number } {
  return { limit, ...(after !== undefined && { after: decodeCursor(after) }) }
}

/** The page of events a query asks for. */
export function eventPageOf({ limit = defaultLimit, after }: PageQuery): {
  readonly limit: number
  readonly after?: number
} {
  return { limit, ...(after !== undefined && { after: decodeEventCursor(after) }) }
}

/** Makes the answer of a list; a page that is not full is the last one. */
export function pageAnswer<Item extends { readonly id: string }>(
  items: readonly Item[],
  { limit = defaultLimit }: PageQuery,
): PageAnswer<Item> {
  const last = items.at(-1)
  return { items, next: last === undefined || items.length < limit ? null : encodeCursor(last.id) }
}

/**
 * Makes the answer of a list of events. They go on, so `next` is never `null`: it is where to read on, also from an empty page.
 *
 * @param from cursor the page began after; default 0
 */
export function eventPageAnswer<Event extends { readonly cursor: number }>(
  events: readonly Event[],
  from = 0,
): { readonly items: readonly Event[]; readonly next: string } {
  return { items: events, next: encodeCursor(events.at(-1)?.cursor ?? from) }
}

function wrongCursor(): InviteMeError {
  return new InviteMeError(
    'REQUEST_INVALID',
    'The request was refused: "query.after" is wrong: give the "next" of the page before, unchanged.',
    { field: 'query.after' },
  )
}
